import type { EventData } from '#lib/engine/model/message.js';
import { deal } from '#lib/domain/deal/decider.js';
import { UpdateLicenses, type DealEvent } from '#lib/domain/deal/messages.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import { AdjustSeatPool, SeatAssigned, type SeatPoolEvent } from '#lib/domain/seat-pool/messages.js';
import { seatPools } from '#lib/processes/seat-pools.js';
import { given, noon, recorded, system } from '../../support/given.js';
import { settings } from '../../support/settings.js';
import { contoso, empty, inOrder, offer, publisherId, registered, started, update } from './fixtures.js';

const { preview: shown } = deal.handles.find(({ command }) => command === UpdateLicenses) ?? {};
const pool = `seatPool-${contoso}.${offer}.gold`;

/** Deals whose licenses are updated one after the other, and what comes of it in the customer's pool for gold. */
function story() {
  const deals = new Map<string, DealEvent[]>();
  const seats: SeatPoolEvent[] = [];
  return {
    update(dealId: string, ...asked: Parameters<typeof update>): void {
      const history = deals.get(dealId) ?? registered(undefined, dealId);
      const command = { ...update(...asked), dealId };
      const decided = given(deal, history, { streams: inOrder }).when(UpdateLicenses, command).decided;
      const events = decided as DealEvent[];
      deals.set(dealId, [...history, ...events]);
      for (const happened of recorded(`deal-${dealId}`, events, history.length)) {
        const react = seatPools.on[happened.type as keyof typeof seatPools.on] as
          ((event: typeof happened) => readonly { readonly input: AdjustSeatPool }[]) | undefined;
        for (const { input } of react?.(happened) ?? []) {
          seats.push(...(given(seatPool, seats).when(AdjustSeatPool, input).decided as SeatPoolEvent[]));
        }
      }
    },
    total(): number {
      const state = recorded(pool, seats).reduce((s, past) => seatPool.evolve(s, past), seatPool.initial());
      return state.status === 'none' ? 0 : state.total;
    },
  };
}

describe("a customer's pool over all deals", () => {
  it('R75, E16 sums two deals, and keeps the other one when the first is removed', () => {
    const licenses = story();
    licenses.update('deal-1', { gold: 10 });
    licenses.update('deal-2', { gold: 5 });
    expect(licenses.total()).toBe(15);
    licenses.update('deal-1', {}, ['gold']);
    expect(licenses.total()).toBe(5);
  });
});

describe('the preview of UpdateLicenses', () => {
  it('R96 rests on the pools of the deal’s own offer, and on none while it names no offer', () => {
    const command = update({ gold: 7, silver: 2 }, ['bronze']);
    const pools = ['gold', 'silver'].map((planId) => [
      planId,
      { aggregate: seatPool, stream: `seatPool-${contoso}.${offer}.${planId}` },
    ]);
    expect(shown?.facts(command, stateAfter(registered()))).toEqual(Object.fromEntries(pools));
    for (const history of [[], [started(empty)]]) {
      expect(shown?.facts(command, stateAfter(history))).toEqual({});
      expect(preview(history, {}, update({ gold: 7 }))).toEqual({
        plans: [{ planId: 'gold', from: 0, to: 7, seats: 0, excess: 0, dueAt: null }],
      });
    }
  });

  it('R73 tells for each changed plan what becomes of it, and what the seats in use come to', () => {
    const ids = { publisherId, offer, tenantId: contoso, planId: 'gold', serviceId: `${offer}.gold` };
    const poolHistory: readonly EventData[] = [
      { type: 'SeatPoolResized', data: { ...ids, from: 0, to: 30, dealId: 'deal-1', dealCount: 30, dealRevision: 3 } },
      ...['ann', 'bob', 'cyd'].map((personId) => ({
        type: SeatAssigned.type,
        data: { ...ids, personId, refused: [] },
      })),
    ];
    const history: readonly EventData[] = [
      ...registered(),
      { type: 'CustomerAttachedToDeal', data: { publisherId, dealId: 'deal-1', tenantId: contoso } },
      { type: 'LicensesActivated', data: { ...ids, dealId: 'deal-1', count: 30 } },
    ];
    expect(preview(history, { [pool]: poolHistory }, update({ gold: 1, silver: 7 }))).toEqual({
      plans: [
        { planId: 'gold', from: 30, to: 1, seats: 3, excess: 2, dueAt: '2026-05-30T12:00:00.000Z' },
        { planId: 'silver', from: 0, to: 7, seats: 0, excess: 0, dueAt: null },
      ],
    });
  });
});

function stateAfter(history: readonly EventData[]) {
  return recorded('deal-deal-1', history).reduce((s, past) => deal.evolve(s, past), deal.initial());
}

function preview(
  history: readonly EventData[],
  streams: Record<string, readonly EventData[]>,
  command: UpdateLicenses,
) {
  const state = stateAfter(history);
  const facts = Object.entries<{ stream: string }>(shown?.facts(command, state) ?? {}).map(([name, { stream }]) => [
    name,
    recorded(stream, streams[stream] ?? []).reduce((s, past) => seatPool.evolve(s, past), seatPool.initial()),
  ]);
  return shown?.answer(state, command, {
    now: noon,
    actor: system,
    caller: { publisherId },
    commandId: 'command-1',
    revision: history.length - 1,
    newId: (purpose) => `id-of-${purpose}`,
    settings,
    facts: Object.fromEntries(facts),
  });
}
