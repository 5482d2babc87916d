import { ForeignPositionError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import type { EventStore, StoredEvent } from '#lib/engine/ports/event-store.js';
import { bare, envelope, eventId, followToHead, newEvent, newEvents, oddData, readAll, stored } from './events.js';

/** One store, and how it is closed and opened again with what it holds. */
export interface EventStoreFixture {
  readonly store: EventStore;
  reopen(): Promise<EventStoreFixture>;
  close(): Promise<void>;
}

/** What every event store does, restarts included. */
export function eventStoreContract(adapter: string, open: () => Promise<EventStoreFixture>): void {
  describe(`${adapter} as event store`, () => {
    let fixture: EventStoreFixture;
    let store: EventStore;
    beforeEach(async () => {
      fixture = await open();
      store = fixture.store;
    });
    afterEach(() => fixture.close());
    const restart = async () => {
      fixture = await fixture.reopen();
      store = fixture.store;
    };

    it('gives back every field of an event as it was appended, also after a restart', async () => {
      const events = [newEvent('e0', oddData), { ...newEvent('e1'), type: 'OtherThing' }];
      const result = await store.append('thing-a', 'none', events);
      const head = await store.head();
      expect(result).toEqual({ ok: true, revision: 1, position: head });
      const expected = [stored(newEvent('e0', oddData), 'thing-a', 0), stored(events[1] ?? newEvent(''), 'thing-a', 1)];
      expect(bare(await readAll(store, 'thing-a'))).toEqual(expected);
      const before = await readAll(store, 'thing-a');
      expect(before[1]?.position).toBe(head);
      const { logId } = store;
      await restart();
      expect(store.logId).toBe(logId);
      expect(await readAll(store, 'thing-a')).toEqual(before);
      expect(await store.head()).toBe(head);
    });

    it('§8.13 orders positions as strings, beginning with the log ID', async () => {
      expect(store.logId).toMatch(/^[0-9a-z-]+$/);
      const empty = await store.head();
      const positions = [empty];
      for (let n = 0; n < 12; n += 1) {
        const result = await store.append(`thing-${n}`, 'none', newEvents(`e${n}-`, 2));
        if (!result.ok) throw new Error('conflict');
        positions.push(result.position);
      }
      expect(positions.every((position) => position.startsWith(`${store.logId}.`))).toBe(true);
      expect(new Set(positions).size).toBe(13);
      expect([...positions].sort()).toEqual(positions);
      expect(await store.head()).toBe(positions.at(-1));
    });

    it('§8.1 answers a wrong revision with the actual one and writes nothing', async () => {
      expect(await store.append('thing-a', 0, newEvents('x', 1))).toEqual({ ok: false, actual: -1 });
      await store.append('thing-a', 'none', newEvents('e', 3));
      const head = await store.head();
      expect(await store.append('thing-a', 'none', newEvents('x', 1))).toEqual({ ok: false, actual: 2 });
      expect(await store.append('thing-a', 1, newEvents('x', 1))).toEqual({ ok: false, actual: 2 });
      expect(await store.append('thing-a', 3, newEvents('x', 1))).toEqual({ ok: false, actual: 2 });
      expect(await store.append('thing-b', 7, newEvents('x', 1))).toEqual({ ok: false, actual: -1 });
      expect(await store.head()).toBe(head);
      expect(await readAll(store, 'thing-b')).toEqual([]);
      await restart();
      expect(await store.append('thing-a', 1, newEvents('x', 1))).toEqual({ ok: false, actual: 2 });
      expect((await readAll(store, 'thing-a')).map(({ id }) => id)).toEqual(['e0', 'e1', 'e2'].map(eventId));
    });

    it('§8.1 lets one of two creates at once win', async () => {
      const both = await Promise.all(['x', 'y'].map((prefix) => store.append('thing-a', 'none', newEvents(prefix, 2))));
      expect(both.filter(({ ok }) => ok)).toEqual([{ ok: true, revision: 1, position: await store.head() }]);
      expect(both.filter(({ ok }) => !ok)).toEqual([{ ok: false, actual: 1 }]);
      expect(await readAll(store, 'thing-a')).toHaveLength(2);
    });

    it('§8.1 lets one of 64 appends at once to one revision win, again and again', async () => {
      await store.append('thing-a', 'none', newEvents('e', 1));
      for (let revision = 0; revision < 5; revision += 1) {
        const results = await Promise.all(
          Array.from({ length: 64 }, (_, n) => store.append('thing-a', revision, [newEvent(`r${revision}-${n}`)])),
        );
        expect(results.filter(({ ok }) => ok)).toHaveLength(1);
        expect(results.filter(({ ok }) => !ok)).toEqual(Array(63).fill({ ok: false, actual: revision + 1 }));
      }
      expect((await readAll(store, 'thing-a')).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('§8.3 answers a repeated append as the first time, also after a restart and when more has happened', async () => {
      const first = await store.append('thing-a', 'none', newEvents('e', 2));
      const second = await store.append('thing-a', 1, newEvents('f', 3));
      expect(await store.append('thing-a', 1, newEvents('f', 3))).toEqual(second);
      expect(await store.append('thing-a', 'none', newEvents('e', 2))).toEqual(first);
      await restart();
      expect(await store.append('thing-a', 'none', newEvents('e', 2))).toEqual(first);
      expect(await store.append('thing-a', 1, newEvents('f', 3))).toEqual(second);
      expect(await readAll(store, 'thing-a')).toHaveLength(5);
    });

    it('§8.3 answers a repetition at once with the first as the first', async () => {
      const results = await Promise.all([1, 2, 3].map(() => store.append('thing-a', 'none', newEvents('e', 2))));
      expect(results).toEqual(Array(3).fill({ ok: true, revision: 1, position: await store.head() }));
      expect(await readAll(store, 'thing-a')).toHaveLength(2);
    });

    it('§8.1 answers a conflict when only a part of the events is there, or in another order', async () => {
      await store.append('thing-a', 'none', newEvents('e', 2));
      const [e0, e1, e2] = newEvents('e', 3);
      if (!e0 || !e1 || !e2) throw new Error('impossible');
      expect(await store.append('thing-a', 'none', [e0, e1, e2])).toEqual({ ok: false, actual: 1 });
      expect(await store.append('thing-a', 'none', [e1, e0])).toEqual({ ok: false, actual: 1 });
      expect(await store.append('thing-a', 'none', [e0, e2])).toEqual({ ok: false, actual: 1 });
      expect(await store.append('thing-a', 0, [e0])).toEqual({ ok: false, actual: 1 });
    });

    it('compares no IDs at the stream’s end', async () => {
      await store.append('thing-a', 'none', newEvents('e', 2));
      expect(await store.append('thing-a', 1, newEvents('e', 2))).toMatchObject({ ok: true, revision: 3 });
    });

    it('throws on an empty list', async () => {
      await expect(store.append('thing-a', 'none', [])).rejects.toThrow('Nothing to append');
    });

    it('throws on a name that would not stand in one line', async () => {
      await expect(store.append('thing-\n', 'none', newEvents('e', 1))).rejects.toThrow('line feed');
      await expect(store.append('thing-a', 'none', [{ ...newEvent('e'), id: '\n' }])).rejects.toThrow(/line feed|UUID/);
      expect(await store.append('thing-a', 'none', newEvents('e', 1))).toMatchObject({ ok: true, revision: 0 });
    });

    it('reads from a revision on, in pages, and nothing where nothing is', async () => {
      for (let from = 0; from < 2_500; from += 500) {
        await store.append('thing-a', from === 0 ? 'none' : from - 1, newEvents(`e${from}-`, 500));
      }
      await store.append('thing-b', 'none', newEvents('b', 1));
      const all = await readAll(store, 'thing-a');
      expect(all.map(({ revision }) => revision)).toEqual(Array.from({ length: 2_500 }, (_, n) => n));
      expect(await readAll(store, 'thing-a', 2_400)).toEqual(all.slice(2_400));
      expect(await readAll(store, 'thing-a', 2_500)).toEqual([]);
      expect(await readAll(store, 'thing-a', 99_999)).toEqual([]);
      expect(await readAll(store, 'thing-c')).toEqual([]);
    });

    it('says which of many streams have events', async () => {
      await store.append('thing-a', 'none', newEvents('a', 2));
      await store.append('thing-b', 'none', newEvents('b', 1));
      expect(await store.append('thing-c', 4, newEvents('c', 1))).toEqual({ ok: false, actual: -1 });
      const many = Array.from({ length: 10_000 }, (_, n) => `thing-${n}`);
      const check = async () => {
        expect(await store.existing([])).toEqual(new Set());
        expect(await store.existing(['thing-c', 'thing', 'thing-A', '__proto__'])).toEqual(new Set());
        expect(await store.existing(['thing-a', ...many, 'thing-a', 'thing-b'])).toEqual(
          new Set(['thing-a', 'thing-b']),
        );
      };
      await check();
      await restart();
      await check();
    });

    it('does not take one stream for another of a similar name', async () => {
      const names = ['thing-a', 'thing-a.b', 'thing-A', 'thing', 'thing-a-', 'thing-%', 'thing-_', 'thing-ä'];
      for (const name of names) await store.append(name, 'none', [newEvent(`of ${name}`)]);
      for (const name of names) {
        expect(bare(await readAll(store, name))).toEqual([stored(newEvent(`of ${name}`), name, 0)]);
      }
    });

    it('holds an event of 512 kB and a command of 1,000 events', async () => {
      const large = newEvent('large', { text: 'x'.repeat(512_000) });
      await store.append('thing-a', 'none', [large]);
      await store.append('thing-b', 'none', newEvents('b', 1_000));
      await restart();
      expect(bare(await readAll(store, 'thing-a'))).toEqual([stored(large, 'thing-a', 0)]);
      expect(await readAll(store, 'thing-b')).toHaveLength(1_000);
      const pages = await followToHead(store, null);
      expect(pages.flatMap(({ events }) => events)).toHaveLength(1_001);
    });

    describe('followed', () => {
      it('§8.9 gives an empty log’s one page at once, at its head', async () => {
        const head = await store.head();
        expect(await followToHead(store, null)).toEqual([{ events: [], upTo: head, atHead: true }]);
        expect(await followToHead(store, head)).toEqual([{ events: [], upTo: head, atHead: true }]);
      });

      it('gives all streams in the order of the log, each page with how far it goes and whether that is all', async () => {
        for (let n = 0; n < 60; n += 1) {
          const expected = n < 3 ? 'none' : Math.floor(n / 3) * 50 - 1;
          await store.append(`thing-${n % 3}`, expected, newEvents(`e${n}-`, 50));
        }
        const check = async () => {
          const pages = await followToHead(store, null);
          const events = pages.flatMap((page) => page.events);
          expect(events.map(({ id }) => id)).toEqual(
            Array.from({ length: 3_000 }, (_, n) => eventId(`e${Math.floor(n / 50)}-${n % 50}`)),
          );
          expect(events.map(({ position }) => position)).toEqual([...events.map(({ position }) => position)].sort());
          expect(pages.map(({ atHead }) => atHead)).toEqual([...pages.slice(1).map(() => false), true]);
          for (const page of pages) {
            expect(page.events.length).toBeLessThanOrEqual(1_000);
            expect(page.upTo).toBe(page.events.at(-1)?.position);
          }
          expect(pages.at(-1)?.upTo).toBe(await store.head());
          return events;
        };
        const events = await check();
        await restart();
        expect(await check()).toEqual(events);
        const after = events[2_345]?.position ?? '';
        const rest = (await followToHead(store, after)).flatMap((page) => page.events);
        expect(rest).toEqual(events.slice(2_346));
      });

      it('goes on with what is appended later, by whole values, until the signal aborts', async () => {
        await store.append('thing-a', 'none', newEvents('e', 1));
        const stop = new AbortController();
        const seen: StoredEvent[] = [];
        for await (const page of store.follow(null, stop.signal)) {
          seen.push(...page.events);
          if (page.atHead && seen.length < 4) {
            const result = await store.append('thing-a', seen.length - 1, [newEvent(`f${seen.length}`, oddData)]);
            expect(result).toMatchObject({ ok: true });
          }
          if (seen.length === 4) stop.abort();
        }
        expect(seen).toEqual(await readAll(store, 'thing-a'));
        expect(bare(seen).at(-1)).toEqual(stored(newEvent('f3', oddData), 'thing-a', 3));
      });

      it('wakes a follower that waits, and gives each follower objects of its own', async () => {
        const stop = new AbortController();
        const followers = [1, 2].map(async () => {
          for await (const page of store.follow(null, stop.signal)) if (page.events.length > 0) return page.events;
          return [];
        });
        await new Promise((resolve) => setImmediate(resolve));
        await store.append('thing-a', 'none', [newEvent('e0', { list: [1] })]);
        const [one, two] = await Promise.all(followers);
        expect(one).toEqual(two);
        expect(one?.[0]?.data).not.toBe(two?.[0]?.data);
        stop.abort();
      });

      it('ends when the signal aborts while it waits, and when the store closes', async () => {
        const stop = new AbortController();
        const pagesUntil = (signal: AbortSignal) => {
          let seen = () => {};
          const first = new Promise<void>((resolve) => (seen = resolve));
          const count = async () => {
            let pages = 0;
            for await (const _ of store.follow(null, signal)) {
              pages += 1;
              seen();
            }
            return pages;
          };
          return { first, count: count() };
        };
        const aborted = pagesUntil(stop.signal);
        const closed = pagesUntil(new AbortController().signal);
        await Promise.all([aborted.first, closed.first]);
        stop.abort();
        expect(await aborted.count).toBe(1);
        await restart();
        expect(await closed.count).toBe(1);
        expect(await pagesUntil(AbortSignal.abort()).count).toBe(0);
      });

      it('§8.13 refuses a position of another log, beyond its head, or none at all', async () => {
        const head = await store.head();
        const foreign = [`0000.${head.split('.')[1]}`, '', 'x', `${head}0`, `${store.logId}.`, `${store.logId}.x`];
        expect(foreign.filter((text) => store.isPosition(text))).toEqual([]);
        expect(store.isPosition(head)).toBe(true);
        for (const position of [...foreign, head.replace(/\d$/, '7')]) {
          await expect(followToHead(store, position)).rejects.toBeInstanceOf(ForeignPositionError);
        }
      });
    });

    it('keeps apart what two envelopes say', async () => {
      const events = [newEvent('e0', {}, envelope()), newEvent('e1', {}, { ...envelope(), tenant: null, context: [] })];
      await store.append('thing-a', 'none', events);
      expect((await readAll(store, 'thing-a')).map(({ meta }) => meta)).toEqual(events.map(({ meta }) => meta));
    });

    it('answers the appends under way when it closes, and refuses later ones', async () => {
      const underWay = Array.from({ length: 100 }, (_, n) => store.append(`thing-${n}`, 'none', newEvents(`e${n}`, 1)));
      const closing = store.close();
      await expect(store.append('thing-late', 'none', newEvents('e', 1))).rejects.toBeInstanceOf(StoreUnavailableError);
      expect((await Promise.all(underWay)).every(({ ok }) => ok)).toBe(true);
      await closing;
      await restart();
      expect((await followToHead(store, null)).flatMap(({ events }) => events)).toHaveLength(100);
    });
  });
}
