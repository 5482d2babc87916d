import { EventCatalog } from '#lib/engine/catalog.js';
import type { Call } from '#lib/engine/commands/call.js';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { handling, type Decider, type Fact } from '#lib/engine/model/aggregate.js';
import { event, type EventOf } from '#lib/engine/model/message.js';
import { eraseRecord, type ProcessManager } from '#lib/engine/model/process.js';
import { answering, recordRef } from '#lib/engine/model/query.js';
import { Text, Texts } from '#lib/engine/model/shape.js';
import { OutcomeUnknownError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { MemoryStore } from '../faults/memory-store.js';
import { startProcessing } from '../faults/processing.js';
import { ManualClock } from '../support/clock.js';
import { newEmbedded } from '../support/installations.js';
import { recordsInMemory } from '../support/records.js';
import { counter } from './tallies.js';
import { Add, type TallyEvent } from './tally.js';

/** Cards with a text that must be erasable, and so is no event's. */
class PutCard {
  static readonly type = 'PutCard';
  static readonly http = { route: 'PUT /cards/{name}', by: ['counter'], summary: 'Put.' } as const;
  @Text() name!: string;
  @Text() text!: string;
  @Texts() others!: string[];
}

class CardPut {
  static readonly type = 'CardPut';
  static readonly v = 1;
  @Text() name!: string;
}

const handle = handling<number, EventOf<typeof CardPut>, object>();
const streamOf = (name: string) => `card-${name}`;

/** State: how often it was put. Once is an event, twice is nothing to do, and `no` is refused. */
const card: Decider<number> = {
  category: 'card',
  events: [CardPut],
  initial: () => 0,
  evolve: (count) => count + 1,
  owner: () => ({ installation: true }),
  handles: [
    handle({
      command: PutCard,
      creates: true,
      stream: ({ name }) => streamOf(name),
      facts: ({ others }): Readonly<Record<string, Fact<number>>> =>
        Object.fromEntries(others.map((name) => [name, { aggregate: card, stream: streamOf(name) }])),
      decide: (count, { name, text }) =>
        text === 'no'
          ? { rejected: [{ code: 'NO', detail: 'No.', pointer: '/text' }] }
          : count === 0
            ? [event(CardPut, { name })]
            : [],
      records: ({ name, text }, { now }) => [
        { table: 'cards', key: name, value: { name, text, now }, sort: `c.${name}` },
      ],
    }),
  ],
};

function cards(records: Records = recordsInMemory()) {
  const store = new MemoryStore();
  const clock = new ManualClock();
  const engine = new CommandEngine({
    deciders: [card],
    store,
    records,
    catalog: new EventCatalog([CardPut]),
    clock,
    settings: {},
    settlement: { ignores: () => true, settle: async () => true },
    solelyOurs: true,
  });
  return {
    store,
    records,
    now: clock.now(),
    put: (name: string, text: string, call: Partial<Call> = {}, others: readonly string[] = []) =>
      engine.execute(Object.assign(new PutCard(), { name, text, others: [...others] }), { ...counter, ...call }),
  };
}

describe('records of a command', () => {
  it('are written with its events, and also when there is nothing to do', async () => {
    const { store, records, now, put } = cards();
    expect(await put('a', 'one')).toMatchObject({ kind: 'done', revision: 0 });
    const row = { table: 'cards', key: 'a', sort: 'c.a' };
    expect(await records.get('cards', 'a')).toEqual({ ...row, version: 1, value: { name: 'a', text: 'one', now } });
    expect(await put('a', 'two')).toMatchObject({ kind: 'done', revision: 0 });
    expect(await records.get('cards', 'a')).toEqual({ ...row, version: 2, value: { name: 'a', text: 'two', now } });
    expect(store.log.map(({ data }) => data)).toEqual([{ name: 'a' }]);
  });

  it('are not written by a refusal, a dry run, or the repetition of a command that left events', async () => {
    const { records, put } = cards();
    expect(await put('a', 'no')).toMatchObject({ kind: 'rejected' });
    expect(await put('a', 'one', { dryRun: true })).toMatchObject({ kind: 'dryRun' });
    expect(await records.get('cards', 'a')).toBeNull();
    await put('a', 'one', { idempotencyKey: 'k' });
    await put('a', 'two');
    expect(await put('a', 'one', { idempotencyKey: 'k' })).toMatchObject({ kind: 'done', revision: 0 });
    expect(await records.get('cards', 'a')).toMatchObject({ version: 2, value: { text: 'two' } });
  });

  it('are there before the events: what cannot be written leaves none', async () => {
    const failing = (error: Error): Records => ({ ...recordsInMemory(), transact: () => Promise.reject(error) });
    const full = cards(failing(new StoreUnavailableError('full')));
    expect(await full.put('a', 'one')).toEqual({ kind: 'unavailable', detail: 'full' });
    expect(full.store.log).toEqual([]);
    const lost = cards(failing(new OutcomeUnknownError('lost')));
    expect(await lost.put('a', 'one')).toEqual({ kind: 'unknown' });
    expect(lost.store.log).toEqual([]);
  });
});

it('facts: an event notes the streams that its decision rested on and that were there', async () => {
  const { store, put } = cards();
  await put('a', 'one');
  await put('b', 'one');
  const others = Array.from({ length: 500 }, (_, n) => `x${n}`);
  await put('c', 'one', {}, [...others, 'b', 'a']);
  expect(store.log.at(-1)?.meta.context).toEqual([
    { stream: 'card-b', revision: 0 },
    { stream: 'card-a', revision: 0 },
  ]);
});

class CardShown {
  static readonly type = 'CardShown';
  @Text() text!: string;
}
class ShowCard {
  static readonly type = 'ShowCard';
  static readonly http = { route: 'GET /cards/{name}', by: ['counter'], summary: 'Show.' } as const;
  static readonly answers = CardShown;
  @Text() name!: string;
}
class ListCards {
  static readonly type = 'ListCards';
  static readonly http = { route: 'GET /cards', by: ['counter'], summary: 'List.' } as const;
  static readonly answers = CardShown;
  @Text() prefix!: string;
}
interface CardRow {
  readonly name: string;
  readonly text: string;
}
const answer = answering<object>();
const queries = [
  answer.one({
    query: ShowCard,
    rounds: [({ name }) => (name === 'unnamed' ? [] : [recordRef<CardRow>('cards', name)])],
    compose: ({ name }, docs): CardShown | null => {
      const found = docs.get(recordRef<CardRow>('cards', name));
      return found ? { text: found.text } : null;
    },
  }),
  answer.list<ListCards, CardRow, CardShown>({
    query: ListCards,
    find: ({ prefix }) => ({ table: 'cards', prefix }),
    rows: [({ name }) => [recordRef<CardRow>('cards', name)]],
    compose: ({ name }, _query, docs) => ({ text: docs.get(recordRef<CardRow>('cards', name))?.text ?? 'none' }),
  }),
];

describe('queries of records', () => {
  const { records, put } = cards();
  const visible = new VisibleViews(['view']);
  visible.report({ positions: { view: 'log.05' }, parked: {} });
  const settlement = { ignores: () => true, settle: async () => true, consequencesOf: (position: string) => position };
  const reader = { checkpoint: async () => null, parked: async () => [], get: async () => [], find: async () => [] };
  const views = {
    ...reader,
    load: async () => new Map(),
    builds: async () => [],
    snapshot: <T>(read: (from: typeof reader) => Promise<T>) => read(reader),
    async *scan() {},
    close: async () => {},
  };
  const shared = { views, records, visible, settlement, clock: new ManualClock(), settings: {}, secret: 's' };
  const engine = new QueryEngine({ queries, ...shared });
  const ask = (query: object, page = {}, after: string | null = null) =>
    engine.ask(query, { ...counter, after, page: { limit: 2, cursor: null, filter: {}, ...page } });
  const show = (name: string) => Object.assign(new ShowCard(), { name });
  const list = Object.assign(new ListCards(), { prefix: 'c.a' });

  it('read a row as it is now, and nothing where none is', async () => {
    await put('a', 'one');
    expect(await ask(show('a'))).toEqual({ kind: 'one', position: 'log.05', body: { text: 'one' } });
    await put('a', 'two');
    expect(await ask(show('a'), {}, 'log.07')).toEqual({ kind: 'one', position: 'log.07', body: { text: 'two' } });
    expect(await ask(show('b'))).toEqual({ kind: 'notFound' });
    await expect(ask(show('unnamed'))).rejects.toThrow('record cards/unnamed was read without being named');
  });

  it('list rows by what they are listed by, from a prefix on to its end, in pages', async () => {
    for (const name of ['ab', 'aa', 'a\u{1f600}', 'b', 'B']) await put(name, name);
    const first = await ask(list);
    expect(first).toMatchObject({ kind: 'list', position: 'log.05', rows: [{ text: 'two' }, { text: 'aa' }] });
    const cursor = first.kind === 'list' ? first.next : null;
    expect(await ask(list, { cursor })).toEqual({
      kind: 'list',
      position: 'log.05',
      rows: [{ text: 'ab' }, { text: 'a\u{1f600}' }],
      next: null,
    });
  });
});

describe('a process that erases', () => {
  const erasing: ProcessManager<TallyEvent> = {
    name: 'erasing',
    startAt: 'beginning',
    on: { Added: ({ data: { name } }) => [eraseRecord('cards', name)] },
  };
  const row = (key: string) => ({ table: 'cards', key, expect: 'any', value: { key }, sort: key }) as const;
  const add = (name: string) => Object.assign(new Add(), { name, amount: 1 });

  it('tries again what passes by itself, and is settled when nothing is left', async () => {
    let hindered = 2;
    const tried: string[] = [];
    const stores = await newEmbedded().open();
    const first = await startProcessing(stores, {
      process: erasing,
      records: (records) => ({
        get: (...asked) => records.get(...asked),
        list: (asked) => records.list(asked),
        snapshot: () => records.snapshot(),
        transact: (changes) => records.transact(changes),
        close: () => records.close(),
        erase: async (table, key) => {
          tried.push(key);
          hindered -= 1;
          if (hindered >= 0) throw hindered === 1 ? new StoreUnavailableError('busy') : new OutcomeUnknownError('lost');
          await records.erase(table, key);
        },
      }),
    });
    await stores.records.transact([row('a'), row('b')]);
    await first.execute(add('a'), counter);
    await first.settled();
    expect((await first.rows('cards')).map(({ key }) => key)).toEqual(['b']);
    expect(tried).toEqual(['a', 'a', 'a']);
    await first.stop();
    await stores.close();
  });
});
