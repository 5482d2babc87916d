import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { StoreCorruptError, type Position } from '../../engine/ports/event-store.js';
import { readThrough, type Database } from './database.js';
import { rowColumns, toRow, verify } from './event-row.js';
import { noPlace, positionOf } from './positions.js';

const pageRows = 1_000;

export interface VerifiedLog {
  readonly logId: string;
  readonly events: number;
  /** Of the last event; of an empty log, one before every event. */
  readonly head: Position;
}

/** Who waits for a log to be read. */
export interface Watching {
  /** Told of how many events are read, and how many there are. */
  readonly progress: (read: number, of: number) => void;
  /** Aborts when it is not to be read any further. */
  readonly signal: AbortSignal;
}

/** Reads every event of a log's file and its chain of hashes. Throws StoreCorruptError at the first that is not as written. */
export function verifiedLog(file: string, watching: Watching): Promise<VerifiedLog> {
  return readThrough(file, async (db) => {
    db.exec('BEGIN');
    try {
      return await verified(db, file, watching);
    } finally {
      db.rollback();
    }
  });
}

async function verified(db: Database, file: string, { progress, signal }: Watching): Promise<VerifiedLog> {
  const logId = String(db.sql('SELECT id FROM log').get()?.[0]);
  const [last = noPlace] = db.sql(`SELECT printf('%020d', seq) FROM sqlite_sequence WHERE name = 'events'`).get() ?? [];
  let [previous, place, events] = [logId, noPlace, 0];
  for (;;) {
    const rows = db
      .sql(
        `SELECT ${rowColumns} FROM events e JOIN streams s ON s.id = e.stream_id
         WHERE e.position > CAST(? AS INTEGER) ORDER BY e.position LIMIT ${pageRows}`,
      )
      .all(place);
    for (const cells of rows) {
      const { row, hash } = toRow(cells);
      verify(row, previous, hash);
      [previous, place] = [hash, row.place];
    }
    events += rows.length;
    progress(events, Number(last));
    if (rows.length < pageRows) break;
    await turnOfEventLoop();
    signal.throwIfAborted();
  }
  if (last !== place) throw new StoreCorruptError(`${file} lacks its last events.`);
  return { logId, events, head: positionOf(logId, place) };
}
