import { StoreCorruptError, StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { Database } from './database.js';
import { EventLog } from './event-log.js';
import type { Place } from './positions.js';
import { decodeAppends, encodeOutcomes, type Append, type Change, type Erasure } from './protocol.js';
import type { FromWriter, ToWriter, WriterQueue } from './protocol.js';
import { RecordTable } from './record-table.js';
import { WalKeeper } from './wal-keeper.js';

export interface WriterFiles {
  readonly events: Database;
  readonly records: Database;
}

/**
 * What the writer's thread does: takes all that waits, writes the events in one transaction and then the records in
 * another, then erases what is to be erased, and answers each when it is on the disk. A full disk refuses what waited and writing goes on; whatever else
 * fails is fatal, since after a failed write or sync nobody knows what is stored. Fatal is said once, then nothing more.
 */
export class LogWriter {
  readonly #log: EventLog;
  readonly #table: RecordTable;
  readonly #keepers: { readonly events: WalKeeper; readonly records: WalKeeper };
  #isDead = false;

  constructor(
    private readonly files: WriterFiles,
    private readonly answer: (message: FromWriter) => void,
    private readonly headMoved: (head: Place) => void,
  ) {
    this.#log = new EventLog(files.events);
    this.#table = new RecordTable(files.records);
    const onFailed = (error: unknown) => this.#die(error);
    this.#keepers = {
      events: new WalKeeper(files.events, onFailed),
      records: new WalKeeper(files.records, onFailed),
    };
    answer({ kind: 'ready', logId: this.#log.logId, head: this.#log.head });
  }

  get head(): Place {
    return this.#log.head;
  }

  write(messages: readonly ToWriter[]): void {
    const appends: Append[] = [];
    const transactions: (readonly Change[])[] = [];
    const erasures: Erasure[] = [];
    for (const message of messages) {
      if (message.kind === 'append') appends.push(...decodeAppends(message.lines));
      if (message.kind === 'transact') transactions.push(message.changes);
      if (message.kind === 'erase') erasures.push(message.erasure);
    }
    if (appends.length > 0) this.#attempt('appends', appends.length, () => this.#append(appends));
    if (transactions.length > 0) this.#attempt('transactions', transactions.length, () => this.#transact(transactions));
    if (erasures.length > 0) this.#attempt('erasures', erasures.length, () => this.#erase(erasures));
  }

  close(): void {
    if (this.#isDead) return;
    try {
      this.#keepers.events.close();
      this.#keepers.records.close();
    } catch (error) {
      this.#die(error);
    }
    this.files.events.close();
    this.files.records.close();
  }

  #append(appends: readonly Append[]): void {
    const before = this.#log.head;
    this.#log.begin();
    const outcomes = appends.map((append) => this.#log.append(append));
    this.#log.commit();
    this.answer({ kind: 'appended', lines: encodeOutcomes(outcomes) });
    if (this.#log.head !== before) this.headMoved(this.#log.head);
    let [count, bytes] = [0, 0];
    for (const { rows } of appends) {
      count += rows.length;
      for (const { data, meta } of rows) bytes += data.length + meta.length + 200;
    }
    this.#keepers.events.wrote(count, bytes);
  }

  #transact(transactions: readonly (readonly Change[])[]): void {
    this.#table.begin();
    const outcomes = transactions.map((changes) => this.#table.transact(changes));
    this.#table.commit();
    this.answer({ kind: 'transacted', outcomes });
    const changes = transactions.flat();
    const bytes = changes.reduce((sum, { value }) => sum + (value?.length ?? 0) + 100, 0);
    this.#keepers.records.wrote(changes.length, bytes);
  }

  #erase(erasures: readonly Erasure[]): void {
    this.#table.erase(erasures);
    this.answer({ kind: 'erased', count: erasures.length, isGone: this.#keepers.records.empty() });
  }

  #attempt(of: WriterQueue, count: number, act: () => void): void {
    if (this.#isDead) return;
    try {
      act();
    } catch (error) {
      this.#failed(of, count, error);
    }
  }

  #failed(of: WriterQueue, count: number, error: unknown): void {
    if (!(error instanceof StoreUnavailableError)) return this.#die(error);
    try {
      if (of === 'appends') this.#log.rollback();
      else this.#table.rollback();
      this.answer({ kind: 'full', of, count, reason: error.message });
    } catch (failure) {
      this.#die(failure);
    }
  }

  #die(error: unknown): void {
    this.#isDead = true;
    this.answer(fatal(error));
  }
}

export function fatal(error: unknown): FromWriter {
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: 'fatal', reason, corrupt: error instanceof StoreCorruptError };
}
