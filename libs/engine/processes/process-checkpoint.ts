import { limits } from '../limits.js';
import type { AnyProcessManager } from '../model/process.js';
import { StoreUnavailableError, type EventStore, type Position } from '../ports/event-store.js';
import type { RecordChange, Records } from '../ports/records.js';

const table = 'processes';

/**
 * Where a process is, saved together with what its reactions changed in the records. Saving runs beside the handling:
 * one save at a time, at once when something changed, else at intervals, since a crash only repeats what is idempotent.
 */
export class ProcessCheckpoint {
  #saving: Promise<void> | null = null;
  #dirty = false;
  #changes: RecordChange[] = [];
  #timer: NodeJS.Timeout | null = null;
  #failure: Error | null = null;

  private constructor(
    private readonly name: string,
    private readonly records: Records,
    private readonly saved: () => void,
    public position: Position | null,
    private version: number,
  ) {}

  static async open(
    { name, startAt }: AnyProcessManager,
    store: EventStore,
    records: Records,
    saved: () => void,
  ): Promise<ProcessCheckpoint> {
    const row = await records.get(table, name);
    const start = startAt === 'beginning' ? null : await store.head();
    const position = row ? (row.value as { position: Position }).position : start;
    return new ProcessCheckpoint(name, records, saved, position, row?.version ?? 0);
  }

  /** Takes note of a position that was handled. Throws what the last save failed with. */
  advance(position: Position, changes: readonly RecordChange[]): void {
    if (this.#failure) throw this.#failure;
    this.position = position;
    this.#dirty = true;
    this.#changes.push(...changes);
    if (changes.length > 0) this.#save();
    else this.#timer ??= setTimeout(() => this.#save(), limits.processCheckpointMs).unref();
  }

  /** Ends when everything is saved, and nothing is left to be saved later: the records may be closed then. */
  async flush(): Promise<void> {
    for (this.#save(); this.#saving; this.#save()) await this.#saving;
    if (this.#failure) throw this.#failure;
  }

  #save(): void {
    if (this.#saving || !this.#dirty) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#saving = this.#write()
      .catch((error: Error) => void (this.#failure = error))
      .finally(() => {
        this.#saving = null;
        if (!this.#failure && this.#changes.length > 0) this.#save();
      });
  }

  async #write(): Promise<void> {
    const changes = this.#changes;
    const value = { position: this.position };
    this.#changes = [];
    this.#dirty = false;
    const expect = this.version === 0 ? 'none' : this.version;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await this.records.transact([...changes, { table, key: this.name, expect, value }]);
        if (!result.ok) throw new Error(`Process ${this.name} is being run by someone else.`);
        break;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 50 * 2 ** attempt)));
      }
    }
    this.version += 1;
    if (changes.length > 0) this.saved();
  }
}
