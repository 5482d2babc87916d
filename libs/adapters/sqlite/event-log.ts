import { StoreCorruptError } from '../../engine/ports/event-store.js';
import type { Database } from './database.js';
import { chainHash } from './event-row.js';
import { noPlace, placeOf, type Place } from './positions.js';
import type { Append, AppendOutcome } from './protocol.js';

const mostStreams = 100_000;

interface Stream {
  readonly id: number;
  /** Of its last event; −1 before the first. */
  revision: number;
}

/** The writing end of the log: the only one that appends. Everything between `begin` and `commit` is one transaction. */
export class EventLog {
  readonly logId: string;
  #rowid = 0n;
  #hash = '';
  /** Those used last, in order of use. */
  readonly #streams = new Map<string, Stream>();

  constructor(private readonly db: Database) {
    this.logId = db.sql('SELECT id FROM log').get()?.[0] as string;
    this.#load();
  }

  /** Of the last event that was appended. */
  get head(): Place {
    return placeOf(this.#rowid);
  }

  begin(): void {
    this.db.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.db.exec('COMMIT');
  }

  /** Also forgets what the transaction made known. */
  rollback(): void {
    this.db.rollback();
    this.#streams.clear();
    this.#load();
  }

  append(append: Append): AppendOutcome {
    const { expected, rows } = append;
    const stream = this.#find(append.stream);
    const actual = stream?.revision ?? -1;
    if (actual !== expected) return this.#repeated(append, stream) ?? { as: 'conflict', actual };
    const target = stream ?? this.#create(append.stream);
    const insert = this.db.sql('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    for (const row of rows) {
      const { id, type, v, recordedAt, data, meta } = row;
      target.revision += 1;
      this.#rowid += 1n;
      this.#hash = chainHash(this.#hash, append.stream, target.revision, row);
      insert.run(this.#rowid, target.id, target.revision, id, type, v, recordedAt, data, meta, this.#hash);
    }
    return { as: 'appended', revision: target.revision, place: this.head };
  }

  /** The same events behind the same revision were appended before. Of a part that is there, nothing can be said. */
  #repeated({ expected, rows }: Append, stream: Stream | undefined): AppendOutcome | null {
    const revision = expected + rows.length;
    if (!stream || stream.revision < revision) return null;
    const stored = this.db
      .sql(
        `SELECT event_id, printf('%020d', position) FROM events
         WHERE stream_id = ? AND revision > ? AND revision <= ? ORDER BY revision`,
      )
      .all(stream.id, expected, revision);
    const place = stored.at(-1)?.[1];
    if (typeof place !== 'string' || !rows.every(({ id }, index) => stored[index]?.[0] === id)) return null;
    return { as: 'repeated', revision, place };
  }

  #find(name: string): Stream | undefined {
    const known = this.#streams.get(name);
    if (known) {
      this.#streams.delete(name);
      this.#streams.set(name, known);
      return known;
    }
    const [id, revision] =
      this.db
        .sql('SELECT s.id, (SELECT max(revision) FROM events WHERE stream_id = s.id) FROM streams s WHERE s.name = ?')
        .get(name) ?? [];
    return typeof id === 'number' ? this.#remember(name, { id, revision: (revision ?? -1) as number }) : undefined;
  }

  #create(name: string): Stream {
    const [id] = this.db.sql('INSERT INTO streams (name) VALUES (?) RETURNING id').get(name) ?? [];
    return this.#remember(name, { id: id as number, revision: -1 });
  }

  #remember(name: string, stream: Stream): Stream {
    this.#streams.set(name, stream);
    const [oldest] = this.#streams.keys();
    if (this.#streams.size > mostStreams && oldest !== undefined) this.#streams.delete(oldest);
    return stream;
  }

  #load(): void {
    const [place, hash] =
      this.db.sql(`SELECT printf('%020d', position), hash FROM events ORDER BY position DESC LIMIT 1`).get() ?? [];
    const [last] = this.db.sql(`SELECT printf('%020d', seq) FROM sqlite_sequence WHERE name = 'events'`).get() ?? [];
    if ((place ?? noPlace) !== (last ?? noPlace)) {
      throw new StoreCorruptError(`${this.db.file} lacks its last events. Restore the data folder from a backup.`);
    }
    this.#rowid = BigInt((place as Place | undefined) ?? noPlace);
    this.#hash = (hash as string | undefined) ?? this.logId;
  }
}
