import { KurrentDBClient, NO_STREAM } from '@kurrent/kurrentdb-client';
import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openKurrentReader } from '#lib/adapters/kurrentdb/open.js';
import { StoreCorruptError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { envelope, followToHead, newEvent, newEvents, readAll } from '../../contract/events.js';
import { KurrentDouble } from '../../doubles/kurrentdb/kurrent-double.js';
import { Follower, impatient, openTestLog } from './opened.js';

jest.setTimeout(30_000);

let server: KurrentDouble;
beforeEach(async () => {
  server = await KurrentDouble.start();
});
afterEach(() => server.stop());

/** Writes into the store past the adapter. */
async function write(stream: string, data: object, metadata: object | Uint8Array): Promise<void> {
  const client = KurrentDBClient.connectionString(server.url);
  const event = { id: randomUUID(), type: 'ThingHappened', contentType: 'application/json' as const };
  await client.appendToStream(stream, [{ ...event, data: data as never, metadata: metadata as never }], {
    streamState: NO_STREAM,
  });
  await client.dispose();
}

describe('A log in KurrentDB', () => {
  it('is created once, also by two who open it at the same time, and shows its ID to nobody', async () => {
    const both = await Promise.all([1, 2, 3].map(() => openTestLog(server.url, { namespace: 'sl_' })));
    expect(new Set(both.map(({ logId }) => logId)).size).toBe(1);
    expect(server.log.stream('sl_log')).toHaveLength(1);
    for (const store of both) {
      expect(await followToHead(store, null)).toEqual([{ events: [], upTo: await store.head(), atHead: true }]);
    }
  });

  it('is not one with that of another namespace in the same store', async () => {
    const [one, other] = await Promise.all(['sl_', 'slx_'].map((namespace) => openTestLog(server.url, { namespace })));
    if (!one || !other) throw new Error('impossible');
    await one.append('thing-a', 'none', newEvents('e', 2));
    expect(one.logId).not.toBe(other.logId);
    expect(await readAll(other, 'thing-a')).toEqual([]);
    expect(await followToHead(other, null)).toEqual([{ events: [], upTo: await other.head(), atHead: true }]);
    expect(other.isPosition(await one.head())).toBe(false);
  });

  it.each(['', 'sl', '_', 'sl_x_', 'SL_', '$sl_'])('has no namespace like "%s"', async (namespace) => {
    await expect(openTestLog(server.url, { namespace })).rejects.toThrow(`"${namespace}" is no namespace`);
  });

  it('is opened as soon as the server is there', async () => {
    await server.stop();
    const opening = openTestLog(server.url);
    await server.resume();
    const store = await opening;
    expect(await store.append('thing-a', 'none', newEvents('e', 1))).toMatchObject({ ok: true });
    expect(await readAll(store, 'thing-a')).toHaveLength(1);
  });

  it('is not opened when no server comes in time', async () => {
    await server.stop();
    await expect(openTestLog(server.url, { openMs: 300 })).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it('is read and followed by who may not create it or append, once it is there', async () => {
    const open = () => openKurrentReader({ url: server.url, namespace: 'sl_', limits: impatient });
    await expect(open()).rejects.toThrow('There is no log yet: nothing stands in sl_log.');
    const store = await openTestLog(server.url, { namespace: 'sl_' });
    const reader = await open();
    const follower = new Follower(reader);
    await store.append('thing-a', 'none', newEvents('e', 3));
    await follower.until(() => follower.events.length === 3);
    expect(await readAll(reader, 'thing-a')).toEqual(follower.events);
    expect([reader.logId, await reader.head()]).toEqual([store.logId, await store.head()]);
    expect(Object.keys(reader)).not.toContain('append');
    await reader.close();
    await follower.ended;
  });
});

describe('Reading from KurrentDB', () => {
  it('goes on by itself after the server was away, however often, and for the first read of all', async () => {
    const store = await openTestLog(server.url);
    await store.append('thing-a', 'none', newEvents('e', 5));
    for (let round = 0; round < 3; round += 1) {
      await server.stop();
      const reading = readAll(store, 'thing-a');
      const head = store.head();
      await server.resume();
      expect(await reading).toHaveLength(5);
      expect(await head).toBe((await reading).at(-1)?.position);
    }
  });

  it('is refused in time when the server does not answer, and works when it does again', async () => {
    const store = await openTestLog(server.url, { readMs: 1_000, readingMs: 1_200 });
    await store.append('thing-a', 'none', newEvents('e', 5));
    server.faults.freeze();
    const frozen = [readAll(store, 'thing-a'), store.head(), store.existing(['thing-a', 'thing-b'])];
    for (const result of await Promise.allSettled(frozen)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
    }
    server.faults.thaw();
    expect(await readAll(store, 'thing-a')).toHaveLength(5);
    expect(await store.existing(['thing-a', 'thing-b'])).toEqual(new Set(['thing-a']));
  });

  it('waits for a server that is starting', async () => {
    const store = await openTestLog(server.url);
    await store.append('thing-a', 'none', newEvents('e', 5));
    server.faults.beNotReady();
    const reading = readAll(store, 'thing-a');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.faults.heal();
    expect(await reading).toHaveLength(5);
  });

  it('gives head the last append that was acknowledged to anybody', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => openTestLog(server.url, { namespace: 'sl_' })));
    if (!one || !other) throw new Error('impossible');
    for (let n = 0; n < 50; n += 1) {
      const result = await one.append(`thing-${n}`, 'none', newEvents(`e${n}-`, 1));
      const heads = await Promise.all([other.head(), one.head(), other.head()]);
      expect(heads).toEqual(Array(3).fill(result.ok && result.position));
    }
  });

  it.each([
    ['no JSON as metadata', { n: 1 }, new TextEncoder().encode('{"v":')],
    ['metadata that are not ours', { n: 1 }, { some: 'thing' }],
    ['a list for an object', [1], envelope()],
  ])('stops at an event with %s, and skips nothing', async (_, data, metadata) => {
    const store = await openTestLog(server.url, { namespace: 'sl_' });
    const follower = new Follower(store);
    await follower.until(() => follower.last?.atHead === true);
    await store.append('thing-a', 'none', newEvents('e', 1));
    await follower.until(() => follower.events.length === 1);
    await write('sl_thing-b', data, metadata);
    await store.append('thing-c', 'none', [newEvent('c')]);
    await expect(readAll(store, 'thing-b')).rejects.toThrow('What the event store holds as sl_thing-b@0');
    await expect(follower.ended).rejects.toBeInstanceOf(StoreCorruptError);
    await expect(followToHead(store, null)).rejects.toBeInstanceOf(StoreCorruptError);
    expect(follower.events).toHaveLength(1);
  });

  it('is read by so many at once; the others wait, and are refused when that would take too long', async () => {
    const store = await openTestLog(server.url, { readsAtOnce: 16, readMs: 300, readingMs: 2_000 });
    await store.append('thing-a', 'none', newEvents('e', 2));
    const many = () => Promise.allSettled(Array.from({ length: 200 }, () => readAll(store, 'thing-a')));
    for (const read of await many()) expect(read).toMatchObject({ status: 'fulfilled', value: [{}, {}] });
    server.faults.freeze();
    for (const read of await many()) {
      expect(read).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) as Error });
    }
    server.faults.thaw();
    expect(await readAll(store, 'thing-a')).toHaveLength(2);
  }, 10_000);
});
