import { setTimeout as pause } from 'node:timers/promises';
import type { Call, CommandOutcome } from '#lib/engine/commands/call.js';
import type { Owner } from '#lib/engine/model/aggregate.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { StoredEvent } from '#lib/engine/ports/event-store.js';
import { processesTable, type ProcessPlace } from '#lib/engine/processes/process-checkpoint.js';
import { domainEvents } from '#lib/domain/events.js';
import { readConfig } from '#lib/product/config/config.js';
import { endAll, startRunning, type Ends, type Running } from '#lib/product/running.js';
import { story, type Stage } from '../faults/story.js';
import { ManualClock } from '../support/clock.js';
import { fromSource } from '../support/from-source.js';
import { startMs } from '../support/product.js';
import { digestsOf } from '../support/same-digests.js';
import { newFolder } from '../support/sqlite.js';
import { newPair, withStores } from '../support/stores.js';

const environment = {
  SEATLEDGER_LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
  SEATLEDGER_GO_LIVE_AFTER: '4h',
  SEATLEDGER_STOP_DISTRIBUTION_AFTER: '4h',
  SEATLEDGER_AUTO_CERTIFY: 'off',
  SEATLEDGER_GRACE_DAYS: '30',
};

/** The product without a surface, which does all work itself. Who asks, keys and clock are the same in each. */
class Installation implements Stage {
  readonly log: StoredEvent[] = [];
  #sent = 0;

  private constructor(
    private readonly running: Running,
    private readonly clock: ManualClock,
    private readonly ends: Ends,
  ) {}

  static async start(stores: Readonly<Record<string, string>>): Promise<Installation> {
    const config = readConfig({ ...environment, SEATLEDGER_DATA: newFolder(), ...stores });
    // The secret is drawn at the first start, and what the story's customers accept is made with it.
    const value = { secret: 'test secret' };
    await withStores(config, ({ records }) =>
      records.transact([{ table: 'secrets', key: 'server', expect: 'none', value }]),
    );
    const ends: Ends = [];
    const clock = new ManualClock();
    const outgoing = async () => ({ kind: 'answered', status: 200, body: '' }) as const;
    const running = await startRunning(config, { clock, outgoing, execArgv: fromSource }, ends);
    running.work();
    return new Installation(running, clock, ends);
  }

  async send(type: CommandClass, input: object, caller: Owner = { installation: true }): Promise<CommandOutcome> {
    this.#sent += 1;
    const role = caller.tenantId ? 'customer.globalAdmin' : caller.publisherId ? 'publisher.owner' : 'system';
    const call: Call = {
      actor: { kind: 'system', id: 'story', role, personId: 'admin' },
      caller,
      idempotencyKey: `command ${this.#sent}`,
      expectedRevision: null,
      dryRun: false,
      after: null,
      waitMs: 0,
      traceparent: null,
      cause: null,
    };
    const execute = (expectedRevision: number | null) =>
      this.running.execute(Object.assign(new type(), input), { ...call, expectedRevision });
    const outcome = await execute(null);
    const done = outcome.kind === 'revisionRequired' ? await execute(outcome.actual) : outcome;
    await this.#settle(async () => true);
    return done;
  }

  async pass(ms: number): Promise<void> {
    const nothingIsDue = async (head: string) => (await this.#areTimersSet(head)) && (await this.#isNothingDue());
    await this.#settle(nothingIsDue);
    this.clock.advance(ms);
    await this.#settle(nothingIsDue);
  }

  /** Until nothing more follows from what was done: everybody has passed the log's end, and it stays there. */
  async #settle(isAtRest: (head: string) => Promise<boolean>): Promise<void> {
    const { stores, product } = this.running;
    for (let before: string | null = null; ;) {
      const head = await stores.events.head();
      // A timer may have fired after the head was read, and be gone by the time that somebody looks for it.
      if (head === before && (await isAtRest(head)) && head === (await stores.events.head())) break;
      if (head === before) await pause(5);
      before = head;
      if (!(await product.caughtUp(20_000))) throw new Error('Views and processes do not catch up.');
    }
    for await (const { events, atHead } of stores.events.follow(this.log.at(-1)?.position ?? null, never)) {
      this.log.push(...events);
      if (atHead) break;
    }
  }

  /** Timers are saved with the place of the process that sets them. */
  async #areTimersSet(head: string): Promise<boolean> {
    const rows = await this.running.stores.records.list({ table: processesTable, limit: 100 });
    return rows.every(({ value }) => (value as ProcessPlace).position >= head);
  }

  async #isNothingDue(): Promise<boolean> {
    const due = { upTo: this.clock.now(), limit: 1 };
    const { records } = this.running.stores;
    return (await records.list({ table: 'timers', ...due })).length === 0;
  }

  digests() {
    return digestsOf(this.running.stores.views);
  }

  end(): Promise<void> {
    return endAll(this.ends);
  }
}

const never = new AbortController().signal;

async function told(stores: Readonly<Record<string, string>>) {
  const installation = await Installation.start(stores);
  try {
    for (const step of story) await step(installation);
    const events = installation.log.map(({ position: _, ...event }) => event);
    const place = ({ stream, revision }: (typeof events)[number]) => `${stream}@${String(revision).padStart(9, '0')}`;
    events.sort((a, b) => (place(a) < place(b) ? -1 : 1));
    return { events, digests: await installation.digests() };
  } finally {
    await installation.end();
  }
}

it(
  'the same commands, keys, callers and clock: the same events and digests in a folder and on KurrentDB and MongoDB',
  async () => {
    const inFolder = await told({});
    const onServers = await told(await newPair(async () => undefined));
    expect(onServers).toEqual(inFolder);
    expect(new Set(inFolder.events.map(({ type }) => type))).toEqual(new Set(domainEvents.map(({ type }) => type)));
  },
  3 * startMs,
);
