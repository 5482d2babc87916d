import type { Owner } from '#lib/engine/model/aggregate.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import { StopDistribution } from '#lib/domain/offer/distribution-messages.js';
import { PublishOffer } from '#lib/domain/offer/publishing-messages.js';
import { CompleteGoLive, GoLive } from '#lib/domain/offer/release-messages.js';
import type { OfferState } from '#lib/domain/offer/state.js';
import { statusWord } from '#lib/domain/offer/status.js';
import { AcceptInvitation, InviteCustomer } from '#lib/domain/invitation/messages.js';
import { UpdateLicenses } from '#lib/domain/deal/messages.js';
import { AcceptLead, SubmitLead } from '#lib/domain/lead/messages.js';
import { SetShrinkPolicy } from '#lib/domain/seat-pool/messages.js';
import { seatsOf, type SeatPoolState } from '#lib/domain/seat-pool/state.js';
import { input as lead } from '../domain/lead/fixtures.js';
import { dayMs, hourMs, type Verdict } from './model.js';
import { secretOf } from './invitation.js';
import { worldAtNoon } from './play.js';
import { prepare, tenantId } from './prepared.js';
import type { World } from './world.js';

const offer = 'fabrikam.f365';
const deal = 'deal';
const pool = { tenantId, serviceId: `${offer}.gold` };

/** The ID of what such a command makes. */
const madeBy = ({ type }: CommandClass): string => `made-by-${type.toLowerCase()}`;

/** What waits for a deadline, what can be seen of it, and what an act that its decision rests on comes to meanwhile. */
interface Deadline {
  readonly deadline: string;
  readonly afterMs: number;
  begin(market: Market): void;
  seen(market: Market): string;
  readonly words: readonly [before: string, from: string];
  act(market: Market): string;
  readonly outcomes: readonly [before: string, from: string];
}

/** A world with a live offer, a deal, a customer who consented, and three seats of three gold licenses. */
class Market {
  readonly world: World = prepare(worldAtNoon({ autoCertify: true, graceDays: 30 }));

  send<C extends object>(command: CommandClass<C>, input: C, caller: Owner = { publisherId: 'fabrikam' }): Verdict {
    const role = caller.tenantId === undefined ? 'publisher.owner' : 'customer.globalAdmin';
    return this.world.send(command, input, { role, caller, id: madeBy(command) });
  }

  state<S>(stream: string): S {
    return this.world.streams.get(stream)?.state as S;
  }

  get offerWord(): string {
    const state = this.state<OfferState>(`offer-${offer}`);
    return state.status === 'none' ? 'none' : statusWord(state.status, state.submission?.phase ?? null);
  }

  get pool(): SeatPoolState {
    return this.state(`seatPool-${tenantId}.${offer}.gold`);
  }

  licenses(lines: UpdateLicenses['lines'], removed: string[] = []): Verdict {
    return this.send(UpdateLicenses, { dealId: deal, tenantId, lines, removed });
  }

  setPolicy(policy: SetShrinkPolicy['policy']): Verdict {
    return this.send(SetShrinkPolicy, { ...pool, policy }, { tenantId });
  }
}

const deadlines: readonly Deadline[] = [
  {
    deadline: 'R31 going live, 4 hours after the sign-off',
    afterMs: 4 * hourMs,
    begin(market) {
      market.send(PublishOffer, { offer });
      market.send(GoLive, { offer, submissionId: madeBy(PublishOffer) });
    },
    seen: ({ offerWord }) => offerWord,
    words: ['Publish in progress', 'Live'],
    act: ({ world }) =>
      world.send(
        CompleteGoLive,
        { offer, submissionId: madeBy(PublishOffer) },
        { role: 'system', caller: { installation: true }, id: 'timer' },
      ),
    outcomes: ['STEP_NOT_DUE', 'done'],
  },
  {
    deadline: 'R36 leaving the market, 4 hours after it was asked for',
    afterMs: 4 * hourMs,
    begin: (market) => market.send(StopDistribution, { offer }),
    seen: ({ offerWord }) => offerWord,
    words: ['Pending stop distribution', 'Not available in the marketplace'],
    act: (market) => market.licenses([{ planId: 'silver', count: 1 }]),
    outcomes: ['done', 'LICENSE_PLAN_NOT_ON_SALE'],
  },
  {
    deadline: 'R61 an invitation, 90 days after it was made',
    afterMs: 90 * dayMs,
    begin: (market) => market.send(InviteCustomer, { dealId: deal }),
    seen: (market) => market.state<{ status: string }>(`invitation-${madeBy(InviteCustomer)}`).status,
    words: ['pending', 'expired'],
    act: (market) =>
      market.send(
        AcceptInvitation,
        {
          token: `${madeBy(InviteCustomer)}.${secretOf(madeBy(InviteCustomer))}`,
          organizationName: 'Contoso',
          country: 'US',
        },
        { tenantId },
      ),
    outcomes: ['done', 'INVITATION_NOT_VALID'],
  },
  {
    deadline: 'R45 a contact lead, 14 days after it was submitted',
    afterMs: 14 * dayMs,
    begin: ({ world }) => world.send(SubmitLead, lead, { role: 'anonymous', caller: {}, id: madeBy(SubmitLead) }),
    seen: (market) => market.state<{ status: string }>(`lead-${madeBy(SubmitLead)}`).status,
    words: ['submitted', 'expired'],
    act: (market) => market.send(AcceptLead, { leadId: madeBy(SubmitLead) }),
    outcomes: ['done', 'LEAD_NOT_OPEN'],
  },
  {
    deadline: 'R73 a license conflict, 90 days after it opened',
    afterMs: 90 * dayMs,
    begin(market) {
      market.setPolicy('newestFirst');
      market.licenses([{ planId: 'gold', count: 1 }]);
    },
    seen: (market) => [...seatsOf(market.pool)].join(', '),
    words: ['ada, grace, alan', 'ada'],
    act(market) {
      market.setPolicy('oldestFirst');
      return [...seatsOf(market.pool)].join(', ');
    },
    outcomes: ['ada, grace, alan', 'alan'],
  },
  {
    deadline: 'R74 grace, 30 days after the last license went',
    afterMs: 30 * dayMs,
    begin: (market) => market.licenses([], ['gold']),
    seen: (market) => market.pool.status,
    words: ['grace', 'deactivated'],
    act(market) {
      market.setPolicy('oldestFirst');
      return market.pool.status;
    },
    outcomes: ['grace', 'deactivated'],
  },
];

const moments = deadlines.flatMap((row) =>
  [
    { when: '1 ms before it is due', byMs: -1, at: 0 },
    { when: 'at the due time', byMs: 0, at: 1 },
    { when: '1 ms after it', byMs: 1, at: 1 },
  ].map((moment) => ({ ...row, ...moment })),
);

describe('a deadline is reached at now ≥ due', () => {
  it.each(moments)('$deadline: what its timer has done $when', ({ afterMs, byMs, at, begin, seen, words }) => {
    const market = new Market();
    begin(market);
    market.world.pass(afterMs + byMs, true);
    expect(seen(market)).toBe(words[at]);
  });

  it.each(moments)('$deadline: what is decided $when, while no timer fires', ({ afterMs, byMs, at, ...row }) => {
    const market = new Market();
    row.begin(market);
    market.world.pass(afterMs + byMs, false);
    expect(row.seen(market)).toBe(row.words[0]);
    expect(row.act(market)).toBe(row.outcomes[at]);
  });
});
