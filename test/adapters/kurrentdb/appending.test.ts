import { jest } from '@jest/globals';
import { Appender } from '#lib/engine/commands/appender.js';
import { OutcomeUnknownError, StoreUnavailableError, type EventStore } from '#lib/engine/ports/event-store.js';
import { newEvent, newEvents, readAll } from '../../contract/events.js';
import { KurrentDouble } from '../../doubles/kurrentdb/kurrent-double.js';
import { openTestLog } from './opened.js';

jest.setTimeout(30_000);

let server: KurrentDouble;
let store: EventStore;
beforeEach(async () => {
  server = await KurrentDouble.start();
  store = await openTestLog(server.url);
});
afterEach(() => server.stop());

const idsOf = async (stream: string) => (await readAll(store, stream)).map(({ id }) => id);
const ids = (prefix: string, count: number) => newEvents(prefix, count).map(({ id }) => id);

describe('An append to KurrentDB', () => {
  it.each(['silence', 'disconnect', 'timeout'] as const)(
    '§8.3 of which the answer is lost (%s) has an unknown outcome, and sent again the answer that was lost',
    async (loss) => {
      await store.append('thing-a', 'none', newEvents('e', 2));
      server.faults.loseNextAppendAnswer(loss);
      await expect(store.append('thing-a', 1, newEvents('f', 3))).rejects.toBeInstanceOf(OutcomeUnknownError);
      const position = await store.head();
      await store.append('thing-a', 4, newEvents('g', 1));
      expect(await store.append('thing-a', 1, newEvents('f', 3))).toEqual({ ok: true, revision: 4, position });
      expect(await idsOf('thing-a')).toEqual([...ids('e', 2), ...ids('f', 3), ...ids('g', 1)]);
    },
  );

  it('§8.3 of which the answer is lost is made once, by a process that was started since, too', async () => {
    const namespace = 'again_';
    const first = await openTestLog(server.url, { namespace });
    server.faults.loseNextAppendAnswer('disconnect');
    await expect(first.append('thing-a', 'none', newEvents('e', 2))).rejects.toBeInstanceOf(OutcomeUnknownError);
    await first.close();
    await server.restart();
    const second = await openTestLog(server.url, { namespace });
    const position = await second.head();
    expect(await second.append('thing-a', 'none', newEvents('e', 2))).toEqual({ ok: true, revision: 1, position });
    expect(await second.append('thing-a', 'none', newEvents('x', 2))).toEqual({ ok: false, actual: 1 });
  });

  it.each(['not-leader', 'no-leader-known', 'not-ready', 'too-busy'] as const)(
    'refused by a server that cannot write now (%s) is made when it is sent again',
    async (refusal) => {
      server.faults.refuseNextAppend(refusal);
      await expect(store.append('thing-a', 'none', newEvents('e', 1))).rejects.toBeInstanceOf(OutcomeUnknownError);
      expect(await idsOf('thing-a')).toEqual([]);
      const appended = await new Appender(store).append('thing-a', 'none', [
        { ...newEvent('e0'), stream: 'thing-a', revision: 0 },
      ]);
      expect(appended).toEqual({ outcome: 'appended', position: await store.head(), atOnce: true });
    },
  );

  it('is carried through all of this by the engine, with one effect', async () => {
    const appender = new Appender(store);
    const faults: (() => void)[] = [
      () => server.faults.loseNextAppendAnswer('disconnect'),
      () => server.faults.disconnectBeforeNextAppend(),
      () => server.faults.refuseNextAppend('not-leader'),
      () => server.faults.loseNextAppendAnswer('timeout'),
      () => server.faults.refuseNextAppend('not-ready'),
      () => server.faults.dropConnections(),
    ];
    for (const [n, fault] of faults.entries()) {
      fault();
      const events = newEvents(`e${n}-`, 2).map((event, index) => ({
        ...event,
        stream: 'thing-a',
        revision: 2 * n + index,
      }));
      const appended = await appender.append('thing-a', n === 0 ? 'none' : 2 * n - 1, events);
      expect(appended).toMatchObject({ outcome: 'appended', position: await store.head() });
    }
    expect(await idsOf('thing-a')).toEqual(faults.flatMap((_, n) => ids(`e${n}-`, 2)));
  });

  it('that cannot be sent is refused after a while, since nothing was written; when the server is back in time it is made', async () => {
    await store.append('thing-a', 'none', newEvents('e', 1));
    await server.stop();
    // One sees the connection break, the next finds none.
    await expect(store.append('thing-a', 0, newEvents('f', 1))).rejects.toThrow();
    await expect(store.append('thing-a', 0, newEvents('f', 1))).rejects.toBeInstanceOf(StoreUnavailableError);
    const waiting = store.append('thing-a', 0, newEvents('g', 1));
    await server.resume();
    expect(await waiting).toMatchObject({ ok: true, revision: 1 });
    expect(await idsOf('thing-a')).toEqual([...ids('e', 1), ...ids('g', 1)]);
  });

  it('to a server that answers nothing ends in time, and later ones go by a new connection', async () => {
    server.faults.halfOpen();
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) => store.append(`thing-${n}`, 'none', newEvents(`e${n}-`, 1))),
    );
    expect(results.map(({ status }) => status)).toEqual(Array(40).fill('rejected'));
    await server.faults.heal();
    const appender = new Appender(store);
    const event = { ...newEvent('e'), stream: 'thing-a', revision: 0 };
    expect(await appender.append('thing-a', 'none', [event])).toMatchObject({ outcome: 'appended' });
  });

  it('§8.14 too large, or no JSON, or of an ID that is no UUID, is refused before it is sent and harms no other', async () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    const bad = [
      newEvent('large', { text: 'x'.repeat(1_048_577) }),
      newEvent('bigint', { n: 1n }),
      newEvent('cycle', cycle),
      { ...newEvent('name'), id: 'e0' },
      { ...newEvent('type'), type: '$metadata' },
    ];
    const good = Array.from({ length: 20 }, (_, n) => store.append(`thing-${n}`, 'none', newEvents(`e${n}-`, 1)));
    const refused = await Promise.allSettled(bad.map((event) => store.append('thing-a', 'none', [event])));
    expect(refused.map((result) => result.status === 'rejected' && (result.reason as Error).message)).toEqual([
      expect.stringContaining('too large for one append'),
      expect.stringContaining('BigInt'),
      expect.stringContaining('circular'),
      '"e0" is no UUID in lower case.',
      '"$metadata" is no type of an event here.',
    ]);
    expect((await Promise.all(good)).every(({ ok }) => ok)).toBe(true);
    expect(await idsOf('thing-a')).toEqual([]);
  });

  it('takes no stream for the one that says the log’s ID', async () => {
    await expect(store.append('log', 0, newEvents('e', 1))).rejects.toThrow('"log" is no name of a stream here.');
    await expect(readAll(store, 'log')).rejects.toThrow('"log" is no name of a stream here.');
  });

  it('leaves no rejection that ends the process when the connection breaks under many large ones', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const appendMany = (text: string) =>
      Array.from({ length: 100 }, (_, n) =>
        store.append(`thing-${text.length}.${n}`, 'none', [newEvent(`e${n}`, { text })]),
      );
    await Promise.all(appendMany('connected'));
    server.faults.freeze();
    const many = Promise.allSettled(appendMany('x'.repeat(200_000)));
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    server.faults.dropConnections();
    expect((await many).filter(({ status }) => status === 'rejected').length).toBeGreaterThan(50);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
