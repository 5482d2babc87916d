import type { Recorded } from '#lib/engine/model/envelope.js';
import { goOn } from '#lib/histories/continuation.js';
import { History } from '#lib/histories/history.js';
import { settings } from '../support/settings.js';

/** `CONTINUATION_SEED` repeats a run, with the seed that it printed. */
const seed = Number(process.env['CONTINUATION_SEED'] ?? Date.now() % 2 ** 31);
const events: readonly Recorded[] = [...new History({ seed, events: 3_000 }).turns()].flat();
/** Those that the invented installation is set to, as far as processes ask for them. */
const inProduction = { ...settings, autoCertify: false, checkPackageUrl: false, graceDays: 30 };

const untilEvent = (last: number) => {
  const history = events.slice(0, last + 1);
  const now = history.reduce((latest, { meta }) => (meta.recordedAt > latest ? meta.recordedAt : latest), '');
  return { history, now, until: now, settings: inProduction, commands: [] };
};

describe(`going on from an invented history (seed ${seed})`, () => {
  it('R88 processes that see all of it again find nothing to do, and no stream is missing that they ask for', async () => {
    const { events: more, absent } = await goOn(untilEvent(events.length - 1));
    expect(more.filter(({ meta }) => !meta.actor.id.endsWith('.timer'))).toEqual([]);
    const streams = new Set(events.map(({ stream }) => stream));
    expect([...absent].filter((name) => streams.has(name))).toEqual([]);
  });

  it('what was cut off from its consequences comes to them', async () => {
    const consequences = events.flatMap((event, index) => {
      const cause = events.findIndex(({ id }) => id === event.meta.$causationId);
      return event.type === 'SeatPoolResized' && cause === index - 1 ? [{ event, cause }] : [];
    });
    expect(consequences.length).toBeGreaterThan(10);
    for (const { event, cause } of consequences.slice(0, 20)) {
      const { events: more } = await goOn(untilEvent(cause));
      const [first] = more.filter(({ meta }) => !meta.actor.id.endsWith('.timer'));
      expect([first?.type, first?.data, first?.meta.$causationId]).toEqual([
        event.type,
        event.data,
        event.meta.$causationId,
      ]);
    }
  });
});
