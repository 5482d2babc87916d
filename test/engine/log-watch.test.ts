import { jest } from '@jest/globals';
import { LogWatch } from '#lib/engine/commands/log-watch.js';
import { limits } from '#lib/engine/limits.js';
import { StoreUnavailableError, type LogPage } from '#lib/engine/ports/event-store.js';
import { newEvents } from '../contract/events.js';
import { MemoryStore } from '../faults/memory-store.js';

/** A log that others append to, of which each reading from a position on can be held up. */
class SharedLog extends MemoryStore {
  /** Where readings began. */
  readonly begun: string[] = [];
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;

  override async *follow(after?: string | null, signal?: AbortSignal): AsyncIterable<LogPage> {
    this.begun.push(after ?? '');
    const events = this.log.filter(({ position }) => position > (after ?? ''));
    const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    await Promise.race([this.#gate, aborted]);
    if (signal?.aborted) return;
    yield { events, upTo: events.at(-1)?.position ?? after ?? '', atHead: true };
  }

  holdUp(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  letGo(): void {
    this.#open();
  }

  async add(stream: string, count: number): Promise<void> {
    const before = this.log.filter((event) => event.stream === stream).length - 1;
    await this.append(stream, before < 0 ? 'none' : before, newEvents(`${stream}${before}-`, count));
  }
}

let log: SharedLog;
let watch: LogWatch;
let told: [stream: string, revision: number][];
beforeEach(() => {
  log = new SharedLog();
  told = [];
  watch = new LogWatch(log, (stream, revision) => told.push([stream, revision]));
});
afterEach(() => {
  watch.stop();
  jest.useRealTimers();
});

describe('What other processes append', () => {
  it('is told from the start on, each event once, before whoever asks is answered', async () => {
    await log.add('a', 2);
    await watch.started();
    await log.add('a', 1);
    await log.add('b', 1);
    await watch.caughtUp();
    expect(told).toEqual([
      ['a', 2],
      ['b', 0],
    ]);
    await log.add('b', 1);
    await watch.caughtUp();
    expect(told.slice(2)).toEqual([['b', 1]]);
  });

  it('is read once for all who ask at the same time, and again for those who ask while it is read', async () => {
    await watch.started();
    log.holdUp();
    const first = watch.caughtUp();
    await Promise.resolve();
    await log.add('a', 1);
    const later = Promise.all(Array.from({ length: 64 }, () => watch.caughtUp().then(() => told.length)));
    log.letGo();
    await first;
    expect(await later).toEqual(Array(64).fill(1));
    expect(log.begun).toHaveLength(2);
  });

  it('is read now and then when nobody asks, until the end', async () => {
    jest.useFakeTimers();
    await watch.started();
    await log.add('a', 1);
    await jest.advanceTimersByTimeAsync(limits.knownEveryMs);
    expect(told).toEqual([['a', 0]]);
    watch.stop();
    await log.add('a', 1);
    await jest.advanceTimersByTimeAsync(10 * limits.knownEveryMs);
    expect(told).toEqual([['a', 0]]);
  });

  it('that cannot be read in time is said so; it goes on with what it has when it can', async () => {
    jest.useFakeTimers();
    await watch.started();
    await log.add('a', 1);
    log.holdUp();
    const late = expect(watch.caughtUp()).rejects.toBeInstanceOf(StoreUnavailableError);
    await jest.advanceTimersByTimeAsync(limits.knownWithinMs);
    await late;
    log.letGo();
    await watch.caughtUp();
    expect(told).toEqual([['a', 0]]);
  });

  it('is asked for again by who comes next, if the store could not say where it ends', async () => {
    const head = jest.spyOn(log, 'head').mockRejectedValueOnce(new StoreUnavailableError('away'));
    await expect(watch.started()).rejects.toBeInstanceOf(StoreUnavailableError);
    await watch.caughtUp();
    expect(head.mock.results).toHaveLength(2);
  });
});
