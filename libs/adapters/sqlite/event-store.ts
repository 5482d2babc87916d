import { canonicalJson } from '../../engine/model/canonical.js';
import { StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '../../engine/ports/event-store.js';
import type { Database } from './database.js';
import { LogHead } from './log-head.js';
import { SqliteLogReader } from './log-reader.js';
import { LogRing } from './log-ring.js';
import { placeOf, positionOf, type Place } from './positions.js';
import type { Append, AppendOutcome, NewRow } from './protocol.js';
import type { WriterClient } from './writer-client.js';

/** The event store of the main thread: appends through the writer's thread, reads by its own connection. */
export class SqliteEventStore extends SqliteLogReader implements EventStore {
  readonly #ring: LogRing;
  #isClosing = false;

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
      if (events.length === 0) throw new Error(`Nothing to append to ${stream}.`);
      const append = { stream, expected: revisionBefore(expected), rows: events.map(toNewRow) };
      this.writer.append(append, {
        resolve: (outcome) => {
          if (outcome.as === 'appended') this.#note(append, outcome.revision, outcome.place);
          resolve(this.#result(outcome));
        },
        reject,
      });
    });
  }

  override async close(): Promise<void> {
    this.#isClosing = true;
    await this.writer.drained();
    await super.close();
  }

  /** Outcomes come in the order of the log, and the places of one append follow one another. */
  #note({ stream, rows }: Append, revision: number, place: Place): void {
    const first = rows.length === 1 ? 0n : BigInt(place) - BigInt(rows.length - 1);
    rows.forEach(({ id, type, v, recordedAt, data, meta }, index) => {
      const back = rows.length - 1 - index;
      this.#ring.add({
        place: back === 0 ? place : placeOf(first + BigInt(index)),
        stream,
        revision: revision - back,
        id,
        type,
        v,
        recordedAt,
        data,
        meta,
      });
    });
    this.logHead.advance(place);
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
  return { id, type, v, recordedAt, data: canonicalJson(data), meta: canonicalJson(meta) };
}
