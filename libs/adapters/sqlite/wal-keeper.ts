import { StoreUnavailableError } from '../../engine/ports/event-store.js';
import { busyTimeoutMs } from './data-file.js';
import { isBusy, type Database } from './database.js';

const idleMs = 1_000;
/** Readers of ours are done within this; one that is not is somebody else's. */
const readersMs = 100;
const pageBytes = 4_096;

/**
 * Moves the write-ahead log into the database file: at a size, 16 MB if nothing else is said, so that SQLite begins the
 * log anew in the space that it has, and when nothing was written for a second, then also emptying it, so that deleted
 * rows are gone from it as well.
 * A failed sync of the file is an exception here; in a checkpoint that SQLite makes by itself it would go unnoticed.
 */
export class WalKeeper {
  #bytes = 0;
  #idle: NodeJS.Timeout | null = null;
  #writtenSinceTick = false;

  constructor(
    private readonly db: Database,
    /** A checkpoint at idle failed; nobody else would hear of it. */
    private readonly onFailed: (error: unknown) => void,
    private readonly walBytes: number = 16 * 1024 * 1024,
  ) {}

  /** After each commit; at most how many rows it changed, and with how many bytes. */
  wrote(rows: number, bytes: number): void {
    // Each row may change a page of its own in one index, and each commit a few pages more.
    this.#bytes += bytes + (rows + 4) * pageBytes;
    this.#writtenSinceTick = true;
    this.#idle ??= setTimeout(() => this.#tick(), idleMs).unref();
    if (this.#bytes >= this.walBytes) this.#checkpoint('PASSIVE');
  }

  /** So that nothing of what was deleted is left in the log. False: somebody is reading it. */
  empty(): boolean {
    return this.#checkpoint('TRUNCATE', readersMs);
  }

  close(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#checkpoint('TRUNCATE');
  }

  #tick(): void {
    this.#idle = null;
    try {
      if (!this.#writtenSinceTick && this.#checkpoint('TRUNCATE')) return;
    } catch (error) {
      this.onFailed(error);
      return;
    }
    this.#writtenSinceTick = false;
    this.#idle = setTimeout(() => this.#tick(), idleMs).unref();
  }

  /** False while a reader still needs the log, or there is no space for it in the file: tried again later. */
  #checkpoint(mode: 'PASSIVE' | 'TRUNCATE', waitMs = 0): boolean {
    try {
      // Emptying the log waits for readers; it is better tried again than appends held up.
      if (mode === 'TRUNCATE') this.db.exec(`PRAGMA busy_timeout = ${waitMs}`);
      const [busy, frames, moved] = this.db.sql(`PRAGMA wal_checkpoint(${mode})`).get() ?? [];
      const isDone = busy === 0 && frames === moved;
      this.#bytes = isDone ? 0 : this.walBytes / 2;
      return isDone;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) && !isBusy(error)) throw error;
      this.#bytes = this.walBytes / 2;
      return false;
    } finally {
      if (mode === 'TRUNCATE') this.db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    }
  }
}
