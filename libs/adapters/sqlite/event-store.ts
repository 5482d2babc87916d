import { StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '../../engine/ports/event-store.js';
import type { Database } from './database.js';
import { LogHead } from './log-head.js';
import { SqliteLogReader } from './log-reader.js';
import { LogRing } from './log-ring.js';
import { placeOf, positionOf } from './positions.js';
import type { Append, AppendOutcome, NewRow } from './protocol.js';
import type { WriterClient } from './writer-client.js';

/** The event store of the main thread: appends through the writer's thread, reads by its own connection. */
export class SqliteEventStore extends SqliteLogReader implements EventStore {
  readonly #ring: LogRing;
  #underWay = 0;
  #isClosing = false;
  #drained: () => void = () => undefined;

  constructor(
    db: Database,
    private readonly writer: WriterClient,
  ) {
    const ring = new LogRing(writer.firstHead);
    super(db, new LogHead(writer.firstHead), ring);
    this.#ring = ring;
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      if (this.#isClosing) throw new StoreUnavailableError('The store is shutting down.');
      const append = { stream, expected: revisionBefore(expected), rows: events.map(toNewRow) };
      if (events.length === 0) throw new Error(`Nothing to append to ${stream}.`);
      const bytes = append.rows.reduce((sum, { data, meta }) => sum + data.length + meta.length, 0);
      this.#underWay += 1;
      this.writer.append(append, bytes, {
        resolve: (outcome) => {
          if (outcome.as === 'appended') this.#note(append, outcome);
          resolve(this.#result(outcome));
          this.#ended();
        },
        reject: (error) => {
          reject(error);
          this.#ended();
        },
      });
    });
  }

  override async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    await super.close();
  }

  #ended(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#drained();
  }

  /** Outcomes come in the order of the log, and the places of one append follow one another. */
  #note({ stream, rows }: Append, outcome: AppendOutcome & { readonly as: 'appended' }): void {
    const last = BigInt(outcome.place);
    for (const [index, row] of rows.entries()) {
      const back = rows.length - 1 - index;
      const place = back === 0 ? outcome.place : placeOf(last - BigInt(back));
      this.#ring.add({ ...row, stream, revision: outcome.revision - back, place });
    }
    this.logHead.advance(outcome.place);
  }

  #result(outcome: AppendOutcome): AppendResult {
    if (outcome.as === 'conflict') return { ok: false, actual: outcome.actual };
    return { ok: true, revision: outcome.revision, position: positionOf(this.logId, outcome.place) };
  }
}

function revisionBefore(expected: ExpectedRevision): number {
  if (expected === 'none') return -1;
  if (Number.isSafeInteger(expected) && expected >= 0) return expected;
  throw new Error(`${expected} is no revision.`);
}

function toNewRow({ id, type, data, meta }: NewEvent): NewRow {
  const { v, recordedAt } = meta;
  return { id, type, v, recordedAt, data: JSON.stringify(data), meta: JSON.stringify(meta) };
}
