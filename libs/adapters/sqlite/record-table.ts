import type { Database } from './database.js';
import type { Change, Erasure, TransactOutcome } from './protocol.js';

/** The writing end of the records. Everything between `begin` and `commit` is one transaction. */
export class RecordTable {
  constructor(private readonly db: Database) {}

  begin(): void {
    this.db.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.db.exec('COMMIT');
  }

  rollback(): void {
    this.db.rollback();
  }

  /** All changes or none, each seeing those before it. */
  transact(changes: readonly Change[]): TransactOutcome {
    this.db.exec('SAVEPOINT changes');
    const failed = changes.findIndex((change) => !this.#carriedOut(change));
    this.db.exec(failed < 0 ? 'RELEASE changes' : 'ROLLBACK TO changes; RELEASE changes');
    return failed;
  }

  /**
   * A transaction of its own. What is deleted is overwritten, but a page that was split keeps, between its rows, copies of
   * rows that have moved away, and nobody knows where: so the whole file is written anew.
   */
  erase(erasures: readonly Erasure[]): void {
    this.begin();
    for (const { table, key } of erasures) this.#delete(table, key);
    this.commit();
    this.db.exec('VACUUM');
  }

  #delete(table: string, key: string): void {
    this.db.sql('DELETE FROM records WHERE "table" = ? AND key = ?').run(table, key);
  }

  #carriedOut({ table, key, expect, value, sort }: Change): boolean {
    const found = this.db.sql('SELECT version, sort FROM records WHERE "table" = ? AND key = ?').get(table, key);
    const [version, listedBy] = (found ?? []) as [number?, (string | null)?];
    if (expect === 'none' ? version !== undefined : expect !== 'any' && version !== expect) return false;
    if (value === null) {
      this.#delete(table, key);
      return true;
    }
    const next = (version ?? 0) + 1;
    this.db
      .sql(
        `INSERT INTO records ("table", key, version, sort, value) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET version = excluded.version, sort = excluded.sort, value = excluded.value`,
      )
      .run(table, key, next, sort === undefined ? (listedBy ?? null) : sort, value);
    return true;
  }
}
