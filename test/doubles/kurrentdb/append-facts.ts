import { binaryEvent, END, jsonEvent } from '@kurrent/kurrentdb-client';
import { eventsOf, failure, range, type Served } from './watching.js';

/** What the official client sees of appends. */
export function appendFacts(server: Served): void {
  describe('an append', () => {
    it('answers revision and position of its last event, where reads find it', async () => {
      const answer = await server.append('a', 'no_stream', 'A', 'B', 'C');
      expect(answer).toMatchObject({ success: true, nextExpectedRevision: 2n });
      const all = server.client.readAll({ fromPosition: answer.position ?? END, maxCount: 1 });
      for await (const { event, commitPosition } of all) {
        expect(event).toMatchObject({
          streamId: server.stream('a'),
          revision: 2n,
          type: 'C',
          position: answer.position,
        });
        expect(commitPosition).toBe(answer.position?.commit);
      }
      expect(answer.position?.prepare).toBe(answer.position?.commit);
    });

    it.each([
      ['no_stream', 'a', 1n],
      [0n, 'a', 1n],
      [7n, 'a', 1n],
      [0n, 'b', 'no_stream'],
      ['stream_exists', 'b', 'no_stream'],
    ] as const)('at %s of stream %s is refused with the actual state', async (streamState, name, actualState) => {
      await server.append('a', 'no_stream', 'A', 'B');
      await expect(server.append(name, streamState, 'X')).rejects.toMatchObject({
        type: 'wrong-expected-version',
        message: '',
        streamName: server.stream(name),
        expectedState: streamState,
        actualState,
      });
      expect(await server.types('a')).toEqual(['A', 'B']);
    });

    it('of the same IDs at the same revision answers as the first time, also with other data and after later events', async () => {
      const events = eventsOf('A', 'B');
      const first = await server.send('a', events, 'no_stream');
      await server.append('a', 1n, 'C');
      expect(await server.send('a', events, 'no_stream')).toEqual(first);
      const others = events.map((event) => ({ ...event, type: 'Other', data: { type: 'other' } }));
      expect(await server.send('a', others, 'no_stream')).toEqual(first);
      expect(await server.send('a', events.slice(1), 0n)).toEqual(first);
      expect(await server.send('a', events, 'any')).toEqual(first);
      expect(await server.types('a')).toEqual(['A', 'B', 'C']);
    });

    it('of the same IDs at the revision of the tip is written again', async () => {
      const events = eventsOf('A', 'B');
      await server.send('a', events, 'no_stream');
      const again = await server.send('a', events, 1n);
      expect(again.nextExpectedRevision).toBe(3n);
      expect(await server.types('a')).toEqual(['A', 'B', 'A', 'B']);
    });

    it.each(['no_stream', 'any'] as const)('at %s of which a part is known is refused', async (streamState) => {
      const [known, added] = [eventsOf('A', 'B'), eventsOf('C')];
      await server.send('a', known, 'no_stream');
      const part = [...known.slice(0, 1), ...added];
      await expect(server.send('a', part, streamState)).rejects.toMatchObject({
        type: 'wrong-expected-version',
        actualState: 1n,
      });
      expect(await server.types('a')).toEqual(['A', 'B']);
    });

    it('is one of fifty at once that wins a new stream', async () => {
      const outcomes = await Promise.allSettled(range('E', 50).map((type) => server.append('a', 'no_stream', type)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await server.types('a')).toHaveLength(1);
    });

    it('may come in several messages', async () => {
      const options = { streamState: 'no_stream', batchAppendSize: 200 } as const;
      await server.client.appendToStream(server.stream('a'), eventsOf(...range('E', 20)), options);
      expect(await server.types('a')).toEqual(range('E', 20));
    });

    it('holds at most 1,048,576 bytes of data; one beyond leaves its neighbors unharmed', async () => {
      const sized = (bytes: number) => binaryEvent({ type: 'Big', data: new Uint8Array(bytes) });
      const [fits, tooBig, neighbor] = await Promise.all([
        failure(server.send('a', [sized(1_048_576)], 'no_stream')),
        failure(server.send('b', [sized(1_048_576), sized(1)], 'no_stream')),
        failure(server.send('c', [sized(1)], 'no_stream')),
      ]);
      expect([fits, neighbor]).toEqual([{ succeeded: true }, { succeeded: true }]);
      const type = 'maximum-append-size-exceeded';
      expect(tooBig).toEqual({ error: 'MaxAppendSizeExceededError', type, code: undefined });
      await expect(server.types('b')).rejects.toMatchObject({ type: 'stream-not-found' });
    });

    it('of 17 MB ends the call that carries all appends; the next one opens another', async () => {
      const huge = binaryEvent({ type: 'Huge', data: new Uint8Array(17_000_000) });
      const failed = failure(server.send('a', [huge], 'no_stream'));
      expect(await failed).toEqual({ error: 'UnknownError', type: 'unknown', code: 8 });
      expect(await server.append('a', 'no_stream', 'A')).toMatchObject({ nextExpectedRevision: 0n });
    });

    it('of an event without a type is refused in words the client does not know', async () => {
      const nameless = jsonEvent({ type: '', data: {} });
      await expect(server.send('a', [nameless], 'no_stream')).rejects.toMatchObject({
        type: 'unknown',
        message: 'Could not recognize BadRequest',
      });
    });

    it('of no events succeeds and is no event', async () => {
      await server.append('a', 'no_stream', 'A');
      expect(await server.append('a', 0n)).toMatchObject({ success: true, nextExpectedRevision: 0n });
      expect(await server.types('a')).toEqual(['A']);
    });
  });
}
