import type { AnyProcessManager } from '../model/process.js';
import { StoreUnavailableError, type EventStore, type Position } from '../ports/event-store.js';
import { FencedError } from '../ports/leases.js';
import type { RecordChange, Records } from '../ports/records.js';
import { Saving } from '../saving.js';

/** Rows of all processes, by name. */
export const processesTable = 'processes';

/** How far a process has come, as it is kept. */
export interface ProcessPlace {
  readonly position: Position;
  /** The highest position that it has appended; absent in rows of earlier builds. */
  readonly appended?: Position | null;
}

export interface CheckpointOptions {
  /** Told when something else than the position was saved. */
  readonly saved: () => void;
  /** Told when something could not be saved: nothing is saved after it, so that nothing is left out. */
  readonly failed: () => void;
  /** How long the position alone may stay unsaved. */
  readonly everyMs: number;
}

/**
 * Where a process is, saved together with what its reactions changed in the records. Saving runs beside the handling: at
 * once when something changed, else at intervals, since a crash only repeats what is idempotent.
 */
export class ProcessCheckpoint {
  readonly #saving: Saving;
  #changes: RecordChange[] = [];

  private constructor(
    private readonly name: string,
    private readonly records: Records,
    private readonly options: CheckpointOptions,
    public position: Position | null,
    public appended: Position | null,
    private version: number,
  ) {
    this.#saving = new Saving(() => this.#write(), options.everyMs, options.failed);
  }

  static async open(
    { name, startAt }: AnyProcessManager,
    store: EventStore,
    records: Records,
    options: CheckpointOptions,
  ): Promise<ProcessCheckpoint> {
    const row = await records.get(processesTable, name);
    const start = startAt === 'beginning' ? null : await store.head();
    const place = row?.value as ProcessPlace | undefined;
    const position = place?.position ?? start;
    return new ProcessCheckpoint(name, records, options, position, place?.appended ?? null, row?.version ?? 0);
  }

  /** Takes note of a position that was handled. Throws what the last save failed with. */
  advance(position: Position, changes: readonly RecordChange[]): void {
    this.position = position;
    this.#changes.push(...changes);
    if (changes.length > 0) this.#saving.now();
    else this.#saving.later();
  }

  /**
   * Ends when everything is saved, and nothing is left to be saved later: the records may be closed then. Throws what a
   * save failed with.
   */
  flush(): Promise<void> {
    return this.#saving.flush();
  }

  async #write(): Promise<void> {
    const changes = this.#changes;
    const value = { position: this.position, appended: this.appended };
    this.#changes = [];
    const expect = this.version === 0 ? 'none' : this.version;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const place = { table: processesTable, key: this.name, expect, value, sort: this.name } as const;
        const result = await this.records.transact([...changes, place]);
        if (!result.ok) throw new FencedError(`Process ${this.name} is run by somebody else.`);
        break;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 50 * 2 ** attempt)));
      }
    }
    this.version += 1;
    if (changes.length > 0) this.options.saved();
  }
}
