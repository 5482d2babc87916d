import { openKurrentLog } from '#lib/adapters/kurrentdb/open.js';
import { EventCatalog } from '#lib/engine/catalog.js';
import type { Call, CommandOutcome } from '#lib/engine/commands/call.js';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event, type CommandClass, type EventOf } from '#lib/engine/model/message.js';
import { Numeric, Text } from '#lib/engine/model/shape.js';
import { StoreUnavailableError, type EventStore, type StoredEvent } from '#lib/engine/ports/event-store.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import { seatPoolEvents } from '#lib/domain/seat-pool/messages.js';
import type { Settings } from '#lib/domain/settings.js';
import { replaced } from '../faults/readers.js';
import { ManualClock } from '../support/clock.js';
import { kurrentServers, newNamespace, type KurrentServer } from '../support/kurrentdb.js';
import { recordsInMemory } from '../support/records.js';
import { settings } from '../support/settings.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { counter } from './tallies.js';
import { tally, tallyEvents } from './tally.js';

/** Is carried out once a tally has reached ten: rests on another stream. */
export class Praise {
  static readonly type = 'Praise';
  @Text() name!: string;
}

class Praised {
  static readonly type = 'Praised';
  static readonly v = 1;
  @Text() name!: string;
  @Numeric() total!: number;
}

type PraiseEvent = EventOf<typeof Praised>;
interface Praises {
  readonly highest: number;
}
const handle = handling<Praises, PraiseEvent, object>();

const praise: Decider<Praises> = {
  category: 'praise',
  events: [Praised],
  initial: () => ({ highest: 0 }),
  evolve: (_state, { data }: Recorded<PraiseEvent>) => ({ highest: data.total }),
  owner: () => ({ installation: true }),
  handles: [
    handle({
      command: Praise,
      creates: true,
      stream: ({ name }) => `praise-${name}`,
      facts: ({ name }) => ({ tally: { aggregate: tally, stream: `tally-${name}` } }),
      decide({ highest }, { name }, { facts: { tally: of } }) {
        if (of.total < 10) return { rejected: [{ code: 'TOO_FEW', detail: `${of.total}`, pointer: null }] };
        return of.total > highest ? [event(Praised, { name, total: of.total })] : [];
      },
    }),
  ],
};

/** Commands of one process. */
export class Engine {
  /** The store is away for this process. */
  isAway = false;
  /** How often the store was asked for something, by what. */
  readonly asked = { head: 0, follow: 0, read: 0, append: 0 };
  readonly clock = new ManualClock();
  readonly #commands: CommandEngine<Settings>;

  constructor(store: EventStore) {
    this.#commands = new CommandEngine({
      deciders: [tally, praise, seatPool],
      store: this.#through(store),
      records: recordsInMemory(),
      catalog: new EventCatalog([...tallyEvents, Praised, ...seatPoolEvents]),
      clock: this.clock,
      settings,
      settlement: { ignores: () => true, settle: async () => true },
      solelyOurs: false,
    });
  }

  execute<C extends object>(type: CommandClass<C>, input: C, call: Partial<Call> = {}): Promise<CommandOutcome> {
    return this.#commands.execute(Object.assign(new type(), input), { ...asSystem, ...call });
  }

  stop(): void {
    this.#commands.stop();
  }

  #through(store: EventStore): EventStore {
    const ask = (what: keyof Engine['asked']): void => {
      this.asked[what] += 1;
      if (this.isAway) throw new StoreUnavailableError('away');
    };
    return replaced<EventStore>(store, {
      head: async () => (ask('head'), store.head()),
      append: async (...args) => (ask('append'), store.append(...args)),
      async *read(...args) {
        ask('read');
        yield* store.read(...args);
      },
      async *follow(...args) {
        ask('follow');
        yield* store.follow(...args);
      },
    });
  }
}

const asSystem: Call = {
  ...counter,
  actor: { kind: 'system', id: 'test', role: 'system', personId: null },
  caller: { installation: true },
};

export interface TwoEngines {
  readonly one: Engine;
  readonly other: Engine;
  eventsOf(stream: string): Promise<readonly StoredEvent[]>;
  stop(): Promise<void>;
}

interface TwoStores {
  readonly store: EventStore;
  readonly others: EventStore;
  close(): Promise<void>;
}

/** A log in a folder cannot be two processes': they are one here, which is quick. */
async function openFolderForTwo(): Promise<TwoStores> {
  const { events: store, close } = await openTestFolder(newFolder());
  return { store, others: store, close };
}

async function openServerForTwo(start: () => Promise<KurrentServer>): Promise<TwoStores> {
  const server = await start();
  const options = { url: server.url, namespace: newNamespace() };
  const [store, others] = [await openKurrentLog(options), await openKurrentLog(options)];
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), others.close()]);
    await server.stop();
  };
  return { store, others, close };
}

/** The logs that two processes may have, by name. */
export const logsForTwo: readonly (readonly [name: string, open: () => Promise<TwoStores>])[] = [
  ['the embedded store', openFolderForTwo],
  ...kurrentServers.map(([name, start]) => [name, () => openServerForTwo(start)] as const),
];

/** Two engines on one log, as two processes have them. */
export async function startTwoEngines(open: () => Promise<TwoStores>): Promise<TwoEngines> {
  const { store, others, close } = await open();
  const [one, other] = [new Engine(store), new Engine(others)];
  return {
    one,
    other,
    async eventsOf(stream) {
      const events: StoredEvent[] = [];
      for await (const page of store.read(stream, 0)) events.push(...page);
      return events;
    },
    async stop() {
      one.stop();
      other.stop();
      await close();
    },
  };
}
