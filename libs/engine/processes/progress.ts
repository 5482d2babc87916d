import type { Settlement } from '../commands/command-engine.js';
import type { AnyProcessManager } from '../model/process.js';
import type { Position } from '../ports/event-store.js';
import { lowestOf, Watermark } from '../watermark.js';

/** How far every process has come, for all who wait for it. */
export class ProcessProgress implements Settlement {
  readonly #listened: ReadonlySet<string>;
  readonly #passed: ReadonlyMap<string, Watermark>;
  /** Where the last of them is: whoever waits for all waits once. */
  readonly #settled = new Watermark();
  /** The highest position that a process has appended: what a view must reach to show the consequences too. */
  #appended: Position | null = null;

  constructor(processes: readonly AnyProcessManager[]) {
    this.#listened = new Set(processes.flatMap(({ on }) => Object.keys(on)));
    this.#passed = new Map(processes.map(({ name }) => [name, new Watermark()]));
  }

  ignores(types: readonly string[]): boolean {
    return !types.some((type) => this.#listened.has(type));
  }

  passed(process: string): Watermark {
    const watermark = this.#passed.get(process);
    if (!watermark) throw new Error(`There is no process called ${process}.`);
    return watermark;
  }

  /** A process has handled everything up to a position. */
  pass(process: string, position: Position): void {
    this.passed(process).raise(position);
    const lowest = lowestOf(this.#passed.values());
    if (lowest !== null) this.#settled.raise(lowest);
  }

  get isWaitedFor(): boolean {
    return [this.#settled, ...this.#passed.values()].some(({ waiting }) => waiting > 0);
  }

  /** A process is at a position, as it was stored. One that this build does not know is a newer one's. */
  stored(process: string, position: Position, appended: Position | null): void {
    if (appended !== null) this.appended(appended);
    if (this.#passed.has(process)) this.pass(process, position);
  }

  appended(position: Position): void {
    if (this.#appended === null || position > this.#appended) this.#appended = position;
  }

  settle(position: Position, timeoutMs: number, gone?: AbortSignal): Promise<boolean> {
    return this.#passed.size === 0 ? Promise.resolve(true) : this.#settled.reach(position, timeoutMs, gone);
  }

  /** Where a view must be to show what happened up to a position, consequences included; ask after `settle`. */
  consequencesOf(position: Position): Position {
    return this.#appended !== null && this.#appended > position ? this.#appended : position;
  }
}
