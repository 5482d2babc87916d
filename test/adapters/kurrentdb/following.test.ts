import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ForeignPositionError, type EventStore } from '#lib/engine/ports/event-store.js';
import { newEvents, followToHead } from '../../contract/events.js';
import { KurrentDouble } from '../../doubles/kurrentdb/kurrent-double.js';
import { until } from '../../support/until.js';
import { Follower, openTestLog } from './opened.js';

jest.setTimeout(30_000);

let server: KurrentDouble;
let store: EventStore;
beforeEach(async () => {
  server = await KurrentDouble.start();
  store = await openTestLog(server.url, { namespace: 'sl_' });
});
afterEach(() => server.stop());

const ids = (prefix: string, count: number) => newEvents(prefix, count).map(({ id }) => id);

/** Appends until it is acknowledged, as patient callers do. */
async function appendAnyhow(stream: string, count: number, prefix: string): Promise<void> {
  for (let attempts = 0; attempts < 10; attempts += 1) {
    const result = await store.append(stream, 'none', newEvents(prefix, count)).catch(() => null);
    if (result) return expect(result).toMatchObject({ ok: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('Nothing could be appended.');
}

/** Somebody else's events in the same store. */
async function foreignEvents(count: number): Promise<void> {
  const client = KurrentDBClient.connectionString(server.url);
  const events = Array.from({ length: count }, () => ({
    id: randomUUID(),
    type: 'Foreign',
    contentType: 'application/json' as const,
    data: {},
    metadata: {},
  }));
  await client.appendToStream(`other-${randomUUID()}`, events, { streamState: 'no_stream' });
  await client.dispose();
}

async function followingLive(count = 3): Promise<Follower[]> {
  await store.append('thing-first', 'none', newEvents('first', 1));
  const followers = Array.from({ length: count }, () => new Follower(store));
  await Promise.all(followers.map((follower) => follower.until(() => follower.last?.atHead === true)));
  await store.append('thing-live', 'none', newEvents('live', 1));
  await Promise.all(followers.map((follower) => follower.until(() => follower.events.length === 2)));
  return followers;
}

const before = [...ids('first', 1), ...ids('live', 1)];

describe('Followers of KurrentDB', () => {
  it('share one subscription', async () => {
    await followingLive(5);
    // What is live may have been read before the subscription was confirmed.
    await until(() => server.subscriptions > 0);
    expect(server.subscriptions).toBe(1);
  });

  it.each([
    ['the subscription ends without a word', async () => server.faults.endSubscriptions()],
    ['the subscription fails', async () => server.faults.failSubscriptions()],
    ['the connection is reset', async () => server.faults.dropConnections()],
    ['the server restarts', () => server.restart()],
    [
      'the connection is half open for a while',
      async () => {
        server.faults.halfOpen();
        await new Promise((resolve) => setTimeout(resolve, 700));
        await server.faults.heal();
      },
    ],
    [
      'the server is frozen for a while',
      async () => {
        server.faults.freeze();
        await new Promise((resolve) => setTimeout(resolve, 700));
        server.faults.thaw();
      },
    ],
  ])('§8.8 get every event once, in order, and say honestly where the head is, though %s', async (_, fault) => {
    const followers = await followingLive();
    const expected = [...before];
    for (let round = 0; round < 3; round += 1) {
      await fault();
      await appendAnyhow(`thing-${round}`, 2, `r${round}-`);
      expected.push(...ids(`r${round}-`, 2));
      for (const follower of followers) {
        await follower.until(() => follower.events.length === expected.length && follower.last?.atHead === true);
        expect(follower.ids).toEqual(expected);
      }
    }
    expect(server.subscriptions).toBe(1);
  });

  it('get each event once, though the server delivers every second twice, and all again after each restart', async () => {
    server.faults.repeatEvery(2);
    const followers = await followingLive();
    for (let round = 0; round < 3; round += 1) {
      await appendAnyhow(`thing-${round}`, 40, `r${round}-`);
      await server.restart();
    }
    const expected = [...before, ...[0, 1, 2].flatMap((round) => ids(`r${round}-`, 40))];
    for (const follower of followers) {
      await follower.until(() => follower.events.length >= expected.length);
      expect(follower.ids).toEqual(expected);
    }
    // All at once, out of memory: near enough, every delivery was handled by now.
    const late = new Follower(store, followers[0]?.events[1]?.position);
    await late.until(() => late.events.length >= expected.length - 2);
    expect(late.ids).toEqual(expected.slice(2));
  });

  it('§8.8 get an event that a subscription, still open, never delivers', async () => {
    const followers = await followingLive();
    server.faults.holdEvents();
    await store.append('thing-lost', 'none', newEvents('lost', 1));
    // Lost for the subscription there is; the next one delivers.
    server.faults.delivery.held = false;
    for (const follower of followers) {
      await follower.until(() => follower.events.length === 3 && follower.last?.atHead === true);
      expect(follower.ids).toEqual([...before, ...ids('lost', 1)]);
    }
  });

  it('get pages that end where the log ends, however many events there are', async () => {
    const small = await openTestLog(server.url, { namespace: 'sl_', pageFirst: 2, pageMost: 8, pageGiven: 3 });
    for (let count = 1; count <= 24; count += 1) {
      await store.append(`thing-${count}`, 'none', newEvents(`e${count}-`, 1));
      const pages = await followToHead(small, null);
      expect(pages.flatMap(({ events }) => events)).toHaveLength(count);
      expect(pages.map(({ upTo }) => upTo)).toEqual(pages.map(({ events }) => events.at(-1)?.position));
      expect(pages.map(({ events }) => events.length <= 3)).toEqual(pages.map(() => true));
    }
  });

  it('§8.5 believe no checkpoint and no "caught up" that runs ahead of events: whoever resumes there misses nothing', async () => {
    const [follower] = await followingLive(1);
    if (!follower) throw new Error('impossible');
    server.faults.holdEvents();
    const result = await store.append('thing-held', 'none', newEvents('held', 3));
    const end = server.log.events.at(-1)?.position ?? 0n;
    await server.faults.sendCheckpoint({ commit: end, prepare: end });
    await server.faults.sendCaughtUp();
    // Meanwhile the log's end is looked at several times, which shows that something is missing.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(result.ok && follower.pages.every(({ upTo }) => upTo < result.position)).toBe(true);
    expect(follower.ids).toEqual(before);
    const { upTo } = follower.last ?? { upTo: null };
    await server.faults.releaseEvents();
    await follower.until(() => follower.events.length === 5 && follower.last?.atHead === true);
    expect(follower.ids).toEqual([...before, ...ids('held', 3)]);
    // Three events of one append, which was acknowledged before they came: the head is behind the last one only.
    const atHead = follower.pages.filter(
      (page) => page.atHead && page.events.some(({ stream }) => stream === 'thing-held'),
    );
    expect(atHead.every((page) => result.ok && page.upTo === result.position)).toBe(true);
    const resumed = (await followToHead(store, upTo)).flatMap(({ events }) => events);
    expect(resumed.map(({ id }) => id)).toEqual(ids('held', 3));
  });

  it('who begin are given all that was acknowledged to anybody, while the subscription is behind', async () => {
    const [follower] = await followingLive(1);
    if (!follower) throw new Error('impossible');
    const other = await openTestLog(server.url, { namespace: 'sl_' });
    server.faults.holdEvents();
    const held = await other.append('thing-held', 'none', newEvents('held', 2));
    const pages = await followToHead(store, follower.last?.upTo ?? null);
    expect(pages.map(({ events }) => events.map(({ id }) => id))).toEqual([ids('held', 2)]);
    expect(held.ok && pages.at(-1)?.upTo === held.position).toBe(true);
    expect(follower.ids).toEqual(before);
    await server.faults.releaseEvents();
    await follower.until(() => follower.events.length === 4);
  });

  it('§8.9 move on past the events of others while nothing of ours happens, and can resume there', async () => {
    const [follower] = await followingLive(1);
    if (!follower) throw new Error('impossible');
    const head = await store.head();
    await foreignEvents(200);
    await follower.until(() => (follower.last?.upTo ?? '') > head);
    expect(follower.last).toMatchObject({ events: [], atHead: true });
    expect(await store.head()).toBe(head);
    const upTo = follower.last?.upTo ?? null;
    await store.append('thing-later', 'none', newEvents('later', 2));
    const resumed = new Follower(store, upTo);
    await resumed.until(() => resumed.events.length === 2);
    expect(resumed.ids).toEqual(ids('later', 2));
    await follower.until(() => follower.events.length === 4);
  });

  it('§8.9 who begin have the server look only through what has come since the log was looked at last', async () => {
    const result = await store.append('thing-a', 'none', newEvents('a', 1));
    await foreignEvents(2_000);
    await store.head();
    const before = server.log.looked;
    const upTo = result.ok ? result.position : '';
    expect(await followToHead(store, upTo)).toEqual([{ events: [], upTo, atHead: true }]);
    expect(server.log.looked - before).toBeLessThan(10);
    await store.append('thing-b', 'none', newEvents('b', 1));
    expect((await followToHead(store, upTo)).flatMap(({ events }) => events.map(({ id }) => id))).toEqual(ids('b', 1));
  });

  it('§8.9 get through a log of which hardly anything is ours', async () => {
    await foreignEvents(1_000);
    await store.append('thing-a', 'none', newEvents('a', 2));
    await foreignEvents(1_000);
    const second = await openTestLog(server.url, { namespace: 'sl_' });
    const pages = await followToHead(second, null);
    expect(pages.map(({ events, atHead }) => [events.map(({ id }) => id), atHead])).toEqual([[ids('a', 2), true]]);
    expect(pages[0]?.upTo).toBe(await second.head());
  });

  it('are not delayed by one who is slow, who gets everything nevertheless, though memory holds little', async () => {
    const small = await openTestLog(server.url, { namespace: 'sl_', ringEvents: 10, pageGiven: 5 });
    const fast = new Follower(small);
    await fast.until(() => fast.last?.atHead === true);
    const slow: string[] = [];
    const stop = new AbortController();
    for await (const page of small.follow(null, stop.signal)) {
      slow.push(...page.events.map(({ id }) => id));
      if (slow.length === 0) {
        for (let n = 0; n < 20; n += 1) await store.append(`thing-${n}`, 'none', newEvents(`e${n}-`, 20));
        await fast.until(() => fast.events.length === 400);
      }
      if (slow.length >= 400) stop.abort();
    }
    const expected = Array.from({ length: 20 }, (_, n) => ids(`e${n}-`, 20)).flat();
    expect(slow).toEqual(expected);
    expect(fast.ids).toEqual(expected);
  });

  it('that want some types get those, and are told how far the others go', async () => {
    const others = newEvents('o', 3).map((event) => ({ ...event, type: 'OtherThing' }));
    await store.append('thing-a', 'none', [...newEvents('e', 1), ...others]);
    const follower = new Follower(store, null, new Set(['ThingHappened']));
    await follower.until(() => follower.last?.atHead === true);
    expect([follower.ids, follower.last?.upTo]).toEqual([ids('e', 1), await store.head()]);
    await store.append(
      'thing-b',
      'none',
      newEvents('p', 3).map((event) => ({ ...event, type: 'OtherThing' })),
    );
    const head = await store.head();
    await follower.until(() => follower.last?.upTo === head);
    expect(follower.ids).toEqual(ids('e', 1));
  });

  it('are refused a place where no event begins, between events, beyond the end, or beyond all numbers', async () => {
    const result = await store.append('thing-a', 'none', newEvents('e', 3));
    if (!result.ok) throw new Error('impossible');
    const place = result.position.slice(-20);
    const at = (commit: string, prepare = commit) => `${store.logId}.${commit}${prepare}`;
    const plus = (n: bigint) => (BigInt(place) + n).toString().padStart(20, '0');
    const foreign = [at(plus(-1n)), at(plus(1n)), at(place, plus(-1n)), at(place, plus(1n)), at('9'.repeat(20))];
    for (const position of foreign) {
      expect(store.isPosition(position)).toBe(true);
      await expect(followToHead(store, position)).rejects.toBeInstanceOf(ForeignPositionError);
    }
    expect(await followToHead(store, result.position)).toEqual([{ events: [], upTo: result.position, atHead: true }]);
  });

  it('wait for a server that is away when they begin, for ever, and end when they are told to', async () => {
    const { position } = (await store.append('thing-a', 'none', newEvents('e', 1))) as { position: string };
    await server.stop();
    const [waiting, given] = [new Follower(store, position), new Follower(store, position)];
    await given.stop();
    await server.resume();
    await waiting.until(() => waiting.last?.atHead === true);
    expect(waiting.pages[0]).toEqual({ events: [], upTo: position, atHead: true });
  });
});
