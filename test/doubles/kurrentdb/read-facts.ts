import { randomUUID } from 'node:crypto';
import {
  BACKWARDS,
  binaryEvent,
  END,
  eventTypeFilter,
  FORWARDS,
  jsonEvent,
  streamNameFilter,
} from '@kurrent/kurrentdb-client';
import { failure, typesOf, type Served } from './watching.js';

/** What the official client sees of reads. */
export function readFacts(server: Served): void {
  describe('a read', () => {
    it('gives back what was appended, JSON and bytes', async () => {
      const id = randomUUID();
      const json = jsonEvent({ id, type: 'J', data: { text: 'Ü 🙂', none: null }, metadata: { v: 1 } });
      const binary = binaryEvent({
        type: 'B',
        data: new Uint8Array([0, 255, 7]),
        metadata: new Uint8Array([1, 254]),
      });
      await server.send('a', [json, binary], 'no_stream');
      const records = [];
      for await (const { event } of server.client.readStream(server.stream('a'))) records.push(event);
      const data = { text: 'Ü 🙂', none: null };
      expect(records[0]).toMatchObject({ id, type: 'J', data, metadata: { v: 1 }, isJson: true, revision: 0n });
      expect(Math.abs(Date.now() - Number(records[0]?.created))).toBeLessThan(60_000);
      expect(records[1]).toMatchObject({ type: 'B', isJson: false, revision: 1n });
      expect([...(records[1]?.data as Uint8Array)]).toEqual([0, 255, 7]);
      expect([...(records[1]?.metadata as unknown as Uint8Array)]).toEqual([1, 254]);
    });

    it.each([
      ['forwards from the beginning', { direction: FORWARDS }, ['A', 'B', 'C', 'D']],
      ['forwards from a revision, so many', { fromRevision: 1n, maxCount: 2 }, ['B', 'C']],
      ['forwards from beyond', { fromRevision: 9n }, []],
      ['backwards from the end', { direction: BACKWARDS, fromRevision: END, maxCount: 1 }, ['D']],
      ['backwards from a revision', { direction: BACKWARDS, fromRevision: 1n }, ['B', 'A']],
      ['backwards from beyond', { direction: BACKWARDS, fromRevision: 9n }, ['D', 'C', 'B', 'A']],
    ] as const)('of a stream %s', async (_title, options, expected) => {
      await server.append('a', 'no_stream', 'A', 'B', 'C', 'D');
      expect(await server.types('a', options)).toEqual(expected);
    });

    it('of a missing stream fails while iterating, not at the call', async () => {
      const reading = server.client.readStream(server.stream('a'));
      await expect(typesOf(reading)).rejects.toMatchObject({
        type: 'stream-not-found',
        streamName: server.stream('a'),
      });
    });

    it('of $all is inclusive forwards and exclusive backwards', async () => {
      await server.append('a', 'no_stream', 'A');
      const { position: fromPosition = END } = await server.append('b', 'no_stream', 'B');
      await server.append('a', 0n, 'C');
      const filter = streamNameFilter({ prefixes: [server.prefix] });
      expect(await typesOf(server.client.readAll({ fromPosition, filter }))).toEqual(['B', 'C']);
      expect(await typesOf(server.client.readAll({ fromPosition, direction: BACKWARDS, maxCount: 1 }))).toEqual(['A']);
      const backwards = { fromPosition: END, direction: BACKWARDS, filter, maxCount: 2 } as const;
      expect(await typesOf(server.client.readAll(backwards))).toEqual(['C', 'B']);
      const byType = eventTypeFilter({ regex: '^[C-Z]$' });
      expect(await typesOf(server.client.readAll({ fromPosition, filter: byType, maxCount: 1 }))).toEqual(['C']);
    });

    it('of $all from the middle of a record fails as if the server were away', async () => {
      const { position } = await server.append('a', 'no_stream', 'A', 'B');
      const middle = (position?.commit ?? 0n) - 5n;
      const reading = typesOf(server.client.readAll({ fromPosition: { commit: middle, prepare: middle } }));
      expect(await failure(reading)).toEqual({ error: 'UnavailableError', type: 'unavailable', code: undefined });
    });
  });
}
