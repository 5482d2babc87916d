import { StoreCorruptError, type Position } from '../../engine/ports/event-store.js';
import { lookInto, type Database } from './database.js';
import { rowColumns, toRow, verify } from './event-row.js';
import { noPlace, positionOf } from './positions.js';

const pageRows = 1_000;

export interface VerifiedLog {
  readonly logId: string;
  readonly events: number;
  /** Of the last event; of an empty log, one before every event. */
  readonly head: Position;
}

/** Reads every event of a log's file and its chain of hashes. Throws StoreCorruptError at the first that is not as written. */
export function verifiedLog(file: string): VerifiedLog {
  return lookInto(file, (db) => {
    db.exec('BEGIN');
    try {
      return verified(db, file);
    } finally {
      db.rollback();
    }
  });
}

function verified(db: Database, file: string): VerifiedLog {
  const logId = String(db.sql('SELECT id FROM log').get()?.[0]);
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
    if (rows.length < pageRows) break;
  }
  const [last] = db.sql(`SELECT printf('%020d', seq) FROM sqlite_sequence WHERE name = 'events'`).get() ?? [];
  if ((last ?? noPlace) !== place) throw new StoreCorruptError(`${file} lacks its last events.`);
  return { logId, events, head: positionOf(logId, place) };
}
