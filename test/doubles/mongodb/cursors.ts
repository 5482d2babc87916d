import { BSON, Long, type Document } from 'bson';
import { ServerError } from './errors.js';
import type { Transaction } from './transaction.js';
import { maxDocumentBytes } from './wire.js';

interface Cursor {
  readonly namespace: string;
  readonly transaction: Transaction | null;
  readonly rest: Document[];
}

const firstBatch = 101;

/**
 * Results that wait to be fetched. A cursor holds what its command found then: a server may also show later changes
 * to a cursor outside of a snapshot, which no reader may rely on.
 */
export class Cursors {
  private readonly cursors = new Map<string, Cursor>();
  private last = 0;

  /** The first batch of a result, and the ID under which the rest waits: zero if there is none. */
  open(
    found: readonly Document[],
    namespace: string,
    transaction: Transaction | null,
    { batchSize = firstBatch, isSingleBatch = false }: { batchSize?: number; isSingleBatch?: boolean },
  ): { readonly id: Long; readonly firstBatch: Document[] } {
    const rest = [...found];
    const batch = take(rest, batchSize);
    if (rest.length === 0 || isSingleBatch) return { id: Long.ZERO, firstBatch: batch };
    this.last += 1;
    const id = Long.fromNumber(this.last);
    this.cursors.set(id.toString(), { namespace, transaction, rest });
    return { id, firstBatch: batch };
  }

  next(id: Long, namespace: string, transaction: Transaction | null, batchSize: number) {
    const cursor = this.cursors.get(id.toString());
    if (cursor?.namespace !== namespace || cursor.transaction !== transaction)
      throw new ServerError('CursorNotFound', `cursor id ${id.toString()} not found`);
    const batch = take(cursor.rest, batchSize);
    if (cursor.rest.length > 0) return { id, nextBatch: batch };
    this.kill(id);
    return { id: Long.ZERO, nextBatch: batch };
  }

  /** Whether there was one. */
  kill(id: Long): boolean {
    return this.cursors.delete(id.toString());
  }

  killAll(): void {
    this.cursors.clear();
  }
}

/** As many as fit one answer. */
function take(rest: Document[], most: number): Document[] {
  let bytes = 0;
  let count = 0;
  for (const document of rest) {
    if (count >= most) break;
    bytes += BSON.calculateObjectSize(document);
    if (count > 0 && bytes > maxDocumentBytes) break;
    count += 1;
  }
  return rest.splice(0, count);
}
