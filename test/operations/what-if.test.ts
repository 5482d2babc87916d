import type { History } from '#lib/engine/history/history.js';
import { TooWideError } from '#lib/engine/history/past-reader.js';
import { event } from '#lib/engine/model/message.js';
import type { EventsRef, PlacedEvent } from '#lib/engine/model/query.js';
import { CustomerInvited } from '#lib/domain/invitation/messages.js';
import { goOn } from '#lib/histories/continuation.js';
import { KnownStreams, mostEvents } from '#lib/product/what-if/known-streams.js';
import { resized } from '../domain/seat-pool/fixtures.js';
import { noon, recorded } from '../support/given.js';
import { settings } from '../support/settings.js';

/** Streams of so many events, in no order. */
const historyOf = (counts: Readonly<Record<string, number>>): History => {
  const events = async ({ eventsOf, keep }: EventsRef): Promise<readonly PlacedEvent[]> => {
    const stream = 'stream' in eventsOf ? eventsOf.stream : 'seatPool-all';
    const [one] = recorded(stream, [resized(0, 1, 0)]);
    if (!one) return [];
    const all = Array.from({ length: counts[stream] ?? 0 }, (_, index) => ({ ...one, position: `${9 - index}` }));
    return all.filter((each) => keep(each));
  };
  return { reader: () => ({ events }) } as unknown as History;
};

describe('what a supposition may rest on', () => {
  it('is read once for each stream, in the order of the log', async () => {
    const known = new KnownStreams(historyOf({ a: 2, b: 1 }), '');
    expect(await known.take(['a', 'b', 'nothing'])).toBe(true);
    expect(await known.take(['b', 'a', 'nothing'])).toBe(false);
    expect(known.events.map(({ stream }) => stream)).toEqual(['a', 'a', 'b']);
  });

  it('is so many events and no more', async () => {
    const known = new KnownStreams(historyOf({ a: mostEvents - 1, b: 1, c: 1 }), '');
    await known.take(['a', 'b']);
    await expect(known.take(['c'])).rejects.toThrow(TooWideError);
  });

  it('comes to an end, or is not followed', async () => {
    const invited = (index: number) =>
      recorded(`invitation-${index}`, [
        event(CustomerInvited, {
          publisherId: 'fabrikam',
          dealId: 'deal-1',
          invitationId: String(index),
          tokenHash: 'hash',
          expiresAt: '2026-05-30T12:00:00.000Z',
        }),
      ]);
    const going = (count: number) => {
      const history = Array.from({ length: count }, (_, index) => invited(index)).flat();
      return goOn({ history, now: noon, until: null, settings, commands: [] });
    };
    expect((await going(10_000)).events.length).toBe(10_000);
    await expect(going(10_001)).rejects.toThrow('More than 10000 timers are due.');
  });
});
