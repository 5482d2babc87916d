import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../limits.js';
import { later } from '../model/instants.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { RecordRow, Records } from '../ports/records.js';

/** What becomes of a row that was carried out: it is due again, or (due at null) stays to be read. Null: it is removed. */
export type Next = { readonly value: object; readonly dueAt: string | null } | null;

/**
 * Carries out the rows of a table, sorted by due time, when they are due; also those that fell due while nobody ran. A
 * row is changed after it was carried out, so that a crash repeats it; one that was set again meanwhile stays as it was
 * set. Instants are compared with the clock port.
 */
export abstract class DueRows {
  readonly #underWay = new Map<string, Promise<void>>();
  #signal: AbortSignal = AbortSignal.abort();
  #disarm: () => void = () => undefined;
  #looking: Promise<void> | null = null;
  #again = false;

  protected constructor(
    private readonly table: string,
    /** Rows under way at once; the others wait in order of due time. */
    private readonly atOnce: number,
    private readonly records: Records,
    protected readonly clock: Clock,
    protected readonly log: Logger,
  ) {}

  /** Rejects for what is to be tried again later, as it is. */
  protected abstract carryOut(row: RecordRow, signal: AbortSignal): Promise<Next>;

  /** What a row whose carrying out was rejected holds until then. */
  protected postponed(value: object, _dueAt: string): object {
    return value;
  }

  start(signal: AbortSignal): void {
    this.#signal = signal;
    this.arm();
  }

  /** Looks again for what is due and what is next: after rows were set or cleared. */
  arm(): void {
    if (this.#signal.aborted) return;
    this.#again = true;
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
  }

  /** Ends when nothing is under way any more; the signal was aborted before. */
  async stop(): Promise<void> {
    this.#disarm();
    await this.#looking;
    await Promise.all(this.#underWay.values());
  }

  async #look(): Promise<void> {
    while (this.#again && !this.#signal.aborted) {
      this.#again = false;
      try {
        const now = this.clock.now();
        await this.#beginDue(now);
        await this.#wakeForNext(now);
      } catch (error) {
        this.log.error({ table: this.table, error }, 'records could not be read; trying again');
        await this.#rest();
        this.#again = true;
      }
    }
  }

  async #beginDue(now: string): Promise<void> {
    // One that ends while the list is read may still stand in it.
    const alreadyUnderWay = new Set(this.#underWay.keys());
    const due = await this.records.list({ table: this.table, upTo: now, limit: this.atOnce });
    for (const row of due) {
      if (this.#signal.aborted || this.#underWay.size >= this.atOnce) return;
      if (alreadyUnderWay.has(row.key)) continue;
      const ended = this.#through(row).finally(() => {
        this.#underWay.delete(row.key);
        this.arm();
      });
      this.#underWay.set(row.key, ended);
    }
  }

  /** Rows that are due and wait are looked for when one ends. */
  async #wakeForNext(now: string): Promise<void> {
    const [next] = await this.records.list({ table: this.table, after: now, limit: 1 });
    this.#disarm();
    if (next?.sort && !this.#signal.aborted) this.#disarm = this.clock.at(next.sort, () => this.arm());
  }

  /** Never rejects. */
  async #through(row: RecordRow): Promise<void> {
    const { table, key, version: expect } = row;
    try {
      const next = await this.#next(row);
      if (next === 'cutOff') return;
      await this.records.transact([
        next ? { table, key, expect, value: next.value, sort: next.dueAt } : { table, key, expect, value: null },
      ]);
    } catch (error) {
      this.log.error({ table, key, error }, 'carried out, which could not be noted; it will be repeated');
      await this.#rest();
    }
  }

  async #next(row: RecordRow): Promise<Next | 'cutOff'> {
    try {
      return await this.carryOut(row, this.#signal);
    } catch (error) {
      if (this.#signal.aborted) return 'cutOff';
      const dueAt = later(this.clock.now(), limits.dueRetryMs);
      this.log.error({ table: this.table, key: row.key, error, dueAt }, 'failed; to be tried again');
      return { value: this.postponed(row.value, dueAt), dueAt };
    }
  }

  async #rest(): Promise<void> {
    await pause(1_000, undefined, { signal: this.#signal }).catch(() => undefined);
  }
}
