import { openKurrentLog } from '#lib/adapters/kurrentdb/open.js';
import type { KurrentLimits } from '#lib/adapters/kurrentdb/limits.js';
import type { EventStore, LogPage, LogReader, Position, StoredEvent } from '#lib/engine/ports/event-store.js';
import { newNamespace } from '../../support/kurrentdb.js';

/** As impatient as tests are; but a client's first read takes half a second. */
export const impatient = {
  appendMs: 500,
  sendingMs: 300,
  readMs: 1_500,
  readingMs: 3_000,
  confirmMs: 500,
  silenceMs: 100,
  pauseMs: 5,
  pauseMostMs: 50,
  clientMs: 10,
} satisfies Partial<KurrentLimits>;

const opened: LogReader[] = [];

/** A log of its own, closed after the test. */
export async function openTestLog(
  url: string,
  { namespace = newNamespace(), ...limits }: Partial<KurrentLimits> & { namespace?: string } = {},
): Promise<EventStore> {
  const store = await openKurrentLog({ url, namespace, limits: { ...impatient, ...limits } });
  opened.push(store);
  return store;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

/** Follows a log in the background and keeps what it is given. */
export class Follower {
  readonly pages: LogPage[] = [];
  readonly events: StoredEvent[] = [];
  readonly #stop = new AbortController();
  readonly ended: Promise<void>;
  #changed: () => void = () => undefined;

  constructor(store: LogReader, after: Position | null = null, types?: ReadonlySet<string>) {
    this.ended = this.#follow(store, after, types);
    // Whoever waits for the end is told; nobody has to.
    this.ended.catch(() => undefined);
  }

  get ids(): readonly string[] {
    return this.events.map(({ id }) => id);
  }

  get last(): LogPage | undefined {
    return this.pages.at(-1);
  }

  /** Until it has been given something that makes this true. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      const changed = new Promise<void>((resolve) => (this.#changed = resolve));
      await Promise.race([changed, this.ended.then(() => Promise.reject(new Error('The follower has ended.')))]);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }

  async #follow(store: LogReader, after: Position | null, types?: ReadonlySet<string>): Promise<void> {
    for await (const page of store.follow(after, this.#stop.signal, types)) {
      this.pages.push(page);
      this.events.push(...page.events);
      this.#changed();
    }
  }
}
