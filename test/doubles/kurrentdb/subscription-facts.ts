import { binaryEvent } from '@kurrent/kurrentdb-client';
import { range, type Served } from './watching.js';

/** What the official client sees of subscriptions. */
export function subscriptionFacts(server: Served): void {
  describe('a subscription', () => {
    it('is exclusive of its position, catches up, says so, and goes on', async () => {
      await server.append('a', 'no_stream', 'A');
      const { position } = await server.append('b', 'no_stream', 'B');
      await server.append('a', 0n, 'C');
      const watch = server.watch(position).read();
      await watch.untilSeen('C', 'caughtUp');
      await server.append('a', 1n, 'D', 'E');
      await watch.untilSeen('E');
      expect(watch.seen.filter((entry) => !entry.startsWith('checkpoint'))).toEqual(['C', 'caughtUp', 'D', 'E']);
      await watch.subscription.unsubscribe();
    });

    it('at the head begins with caughtUp, which carries no position', async () => {
      const { position } = await server.append('a', 'no_stream', 'A');
      const watch = server.watch(position).read();
      const said = new Promise((resolve) => watch.subscription.on('caughtUp', resolve));
      expect(await said).toEqual({});
      expect(watch.seen).toEqual(['caughtUp']);
    });

    it('reports, while it searches, the beginning of the page searched: commit without prepare', async () => {
      const { position } = await server.append('a', 'no_stream', 'first');
      await server.appendElsewhere(...range('x', 100));
      await server.append('a', 0n, 'A', 'B');
      const watch = server.watch(position).read();
      await watch.untilSeen('caughtUp');
      expect(watch.events).toEqual(['A', 'B']);
      const [start, page] = watch.checkpoints;
      expect(start).toEqual(position);
      expect(page?.prepare).toBe(0n);
      expect(watch.seen.indexOf(`checkpoint ${page?.commit}/0`)).toBeLessThan(watch.seen.indexOf('A'));
      const again = server.watch(page).read();
      await again.untilSeen('caughtUp');
      expect(again.events).toEqual(['A', 'B']);
    });

    it('from the commit position of an event without its prepare position delivers that event', async () => {
      const { position } = await server.append('a', 'no_stream', 'A', 'B');
      const watch = server.watch({ commit: position?.commit ?? 0n, prepare: 0n }).read();
      await watch.untilSeen('caughtUp');
      expect(watch.events).toEqual(['B']);
    });

    it('reports a checkpoint after 32 events of others while it is live', async () => {
      const watch = server.watch('end').read();
      await watch.untilSeen('caughtUp');
      const { position } = await server.appendElsewhere(...range('x', 32));
      await watch.until((seen) => seen.length > 1);
      expect(watch.seen).toEqual(['caughtUp', `checkpoint ${position?.commit}/${position?.prepare}`]);
    });

    it('calls back for checkpoint and caughtUp before the events in its buffer are handled', async () => {
      const { position } = await server.append('a', 'no_stream', 'A');
      await server.append('a', 0n, ...range('E', 10));
      const watch = server.watch(position);
      await watch.untilSeen('caughtUp');
      expect([watch.events, watch.checkpoints]).toEqual([[], [expect.anything()]]);
      watch.read();
      await watch.untilSeen('E9');
      expect(watch.events).toEqual(range('E', 10));
    });

    it('from beyond the head says that it has caught up, and lets nothing through', async () => {
      const { position } = await server.append('a', 'no_stream', 'A');
      const beyond = (position?.commit ?? 0n) + 1_000_000n;
      const watch = server.watch({ commit: beyond, prepare: beyond }).read();
      await watch.untilSeen('caughtUp');
      const other = server.watch(position).read();
      await server.append('a', 0n, 'B');
      await other.untilSeen('B');
      expect(watch.seen).toEqual(['caughtUp']);
    });

    it('from the middle of a record is refused', async () => {
      const { position } = await server.append('a', 'no_stream', 'A', 'B');
      const middle = (position?.commit ?? 0n) - 5n;
      const watch = server.watch({ commit: middle, prepare: middle }).read();
      await watch.untilSeen('error 3');
      expect(watch.seen).toEqual(['error 3']);
    });

    it('to one stream is exclusive of its revision', async () => {
      await server.append('a', 'no_stream', 'A', 'B');
      await server.append('b', 'no_stream', 'X');
      const types: string[] = [];
      for await (const { event } of server.client.subscribeToStream(server.stream('a'), { fromRevision: 0n })) {
        types.push(event?.type ?? 'none');
        if (types.length === 1) await server.append('a', 1n, 'C');
        else break;
      }
      expect(types).toEqual(['B', 'C']);
    });

    it('loses nothing when its reader stalls for 2 MB', async () => {
      const { position } = await server.append('a', 'no_stream', 'first');
      const watch = server.watch(position);
      await watch.untilSeen('caughtUp');
      const large = range('E', 200).map((type) => binaryEvent({ type, data: new Uint8Array(10_000) }));
      for (let n = 0; n < 200; n += 50) await server.send('a', large.slice(n, n + 50), BigInt(n));
      watch.read();
      await watch.untilSeen('E199');
      expect(watch.events).toEqual(range('E', 200));
    });
  });
}
