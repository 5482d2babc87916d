import { event, type EventData, type QueryClass } from '#lib/engine/model/message.js';
import type { QueryHandling } from '#lib/engine/model/query.js';
import { faultOf } from '#lib/engine/schema.js';
import { CustomerInvited, InvitationAccepted } from '#lib/domain/invitation/messages.js';
import { leadDelivery } from '#lib/domain/lead/delivery.js';
import { LeadSubmitted } from '#lib/domain/lead/messages.js';
import { personPut } from '#lib/domain/person/directory.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { LeadDestinationConnected } from '#lib/domain/publisher/messages.js';
import { SeatPoolDeactivated } from '#lib/domain/seat-pool/messages.js';
import { views } from '#lib/views/views.js';
import {
  activated,
  attached,
  complete as dealForm,
  contoso,
  established,
  registered,
} from '../domain/deal/fixtures.js';
import { accepted as leadAccepted, leadId, submitted, won } from '../domain/lead/fixtures.js';
import { assigned, detected, ids as pool, overdue, policySet, resized } from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import {
  complete,
  created,
  enrolled,
  goneLive,
  inIsvConnect,
  inPreview,
  leaving,
  left,
  live,
  needsAttention,
  offer,
  signedOff,
  until,
} from '../support/offers.js';
import { personOf } from '../support/persons.js';
import { settings } from '../support/settings.js';

/** Histories by stream, in the order in which their events are folded. */
type World = Readonly<Record<string, readonly EventData[]>>;

const dealId = 'deal-1';
const ofDeal = { publisherId: 'fabrikam', dealId };
const invited = event(CustomerInvited, {
  ...ofDeal,
  invitationId: 'i1',
  tokenHash: 'hash',
  expiresAt: '2026-05-30T12:00:00.000Z',
});
const accepted = event(InvitationAccepted, {
  ...ofDeal,
  invitationId: 'i1',
  tenantId: contoso,
  organizationName: 'Contoso',
  country: 'US',
  consentVersion: '1',
  consentHash: 'hash',
});
const seated = [resized(0, 3, 3), assigned('ann'), assigned('bob'), resized(3, 1, 4), detected(2, 1)];
const sold: World = {
  'publisher-fabrikam': [enrolled, inIsvConnect],
  [`offer-${offer}`]: live,
  [`deal-${dealId}`]: [...registered(dealForm), attached(), activated('gold', 3)],
  'invitation-i1': [invited, accepted],
  [`relationship-fabrikam.${contoso}`]: [established()],
  [`seatPool-${contoso}.${pool.serviceId}`]: seated,
  [`lead-${leadId}`]: [submitted()],
};
const offered = (...history: readonly EventData[]): World => ({ ...sold, [`offer-${offer}`]: history });

/** Stages of the story: what is null in one is filled in in another. */
const worlds: Readonly<Record<string, World>> = {
  'a new offer': offered(created),
  'a submission under way': offered(...complete, ...until('s1', 'certification')),
  'a failed submission': offered(...complete, ...until('s1', 'certification'), needsAttention('s1')),
  'a preview of what is live': offered(...complete, ...goneLive('s1'), ...inPreview('s2')),
  'a signed-off preview': offered(...complete, ...inPreview('s1'), signedOff('s1')),
  'a discarded preview of what leaves the market': offered(...live, ...inPreview('s2'), leaving('s2')),
  'an offer off the market': offered(...live, leaving(), left()),
  'licenses in conflict': sold,
  'an overdue conflict': {
    ...sold,
    [`seatPool-${contoso}.${pool.serviceId}`]: [...seated, policySet('newestFirst'), overdue(2, 1)],
  },
  'licenses in grace': {
    ...sold,
    [`seatPool-${contoso}.${pool.serviceId}`]: [
      resized(0, 3, 3),
      assigned('ann'),
      resized(3, 0, 4),
      event(SeatPoolDeactivated, { ...pool, graceEndsAt: '2026-04-01T12:00:00.000Z' }),
    ],
  },
  'persons who were erased': {
    ...sold,
    [`person-${contoso}.ann`]: [event(PersonErased, { personId: 'ann', publisherId: null, tenantId: contoso })],
    'person-fabrikam.id-of-person': [
      event(PersonErased, { personId: 'id-of-person', publisherId: 'fabrikam', tenantId: null }),
    ],
    'person-fabrikam.person-1': [
      event(PersonErased, { personId: 'person-1', publisherId: 'fabrikam', tenantId: null }),
    ],
  },
  'leads that were closed and need no answer, sent somewhere': {
    ...sold,
    'publisher-fabrikam': [
      enrolled,
      event(LeadDestinationConnected, { publisherId: 'fabrikam', url: 'https://x.example' }),
    ],
    [`lead-${leadId}`]: [submitted(), leadAccepted, won],
    'lead-2': [event(LeadSubmitted, { ...submitted('install').data, leadId: 'lead-2' })],
  },
  'a deal just begun': { ...sold, [`deal-${dealId}`]: registered().slice(0, 1), 'invitation-i1': [invited] },
};

/** Fields that any query may have; each takes those that it declares. */
const inputs = {
  offer,
  publisherId: 'fabrikam',
  dealId,
  tenantId: contoso,
  serviceId: pool.serviceId,
  personId: 'ann',
};
/** Where the common fields contradict each other. */
const special: Readonly<Record<string, readonly object[]>> = {
  LicensesByMonth: [
    { publisherId: 'fabrikam', serviceId: null, months: 3 },
    { publisherId: 'fabrikam', serviceId: pool.serviceId, months: 3 },
  ],
  LicensesByPlan: [{ publisherId: 'fabrikam', country: null, months: 3 }],
  OpenInvitation: [{ token: `i1.${settings.invitationSecret('i1')}` }],
  CheckUsageRight: [
    { offer, tenantId: contoso, personId: 'ann', component: 'GoldApp', serviceId: null },
    { offer, tenantId: contoso, personId: 'nobody', component: null, serviceId: pool.serviceId },
    { offer: 'fabrikam.none', tenantId: contoso, personId: 'ann', component: 'GoldApp', serviceId: null },
  ],
  ExplainCheck: [
    { offer, tenantId: contoso, personId: 'ann', component: 'GoldApp', serviceId: null },
    { offer, tenantId: contoso, personId: 'nobody', component: 'HomeApp', serviceId: null },
    { offer, tenantId: contoso, personId: 'nobody', component: null, serviceId: pool.serviceId },
    { offer, tenantId: contoso, personId: 'ann', component: null, serviceId: `${offer}.none` },
    { offer: 'fabrikam.none', tenantId: contoso, personId: 'ann', component: 'GoldApp', serviceId: null },
  ],
};
const caller = { installation: true, publisherId: 'fabrikam', tenantId: contoso } as const;
const data = personOf({ name: 'Ann', phone: '+1 555' });
const records = ['fabrikam', contoso].flatMap((scope) =>
  ['ann', 'bob', 'person-1', 'id-of-person'].map((id) => personPut(scope, id, data)),
);
const noDestination = { status: 'skipped', attempts: 0, answer: 'noDestination', nextAttemptAt: null };
const tried = { status: 'pending', attempts: 2, answer: 'It answered 503.', nextAttemptAt: '2026-03-01T12:05:05.000Z' };
const deliveries = [
  { ...leadDelivery(leadId), value: tried, sort: null },
  { ...leadDelivery('lead-2'), value: noDestination, sort: null },
];
const handlings = views.flatMap(({ queries }) => queries);
const projections = views.flatMap(({ projection }) => (projection ? [projection] : []));

const askingIn = (world: World) =>
  asking(
    views,
    Object.entries(world).flatMap(([stream, events]) => recorded(stream, events)),
    caller,
    { records: [...records, ...deliveries] },
  );

type Asking = Pick<ReturnType<typeof asking>, 'one' | 'list'>;

/** The answers to a query, or all rows of them. */
function bodies({ query, answers }: QueryHandling, ask: Asking): unknown[] {
  return (special[query.type] ?? [inputs]).flatMap((input) => {
    const answered = answers === 'one' ? [ask.one(query, input)] : (ask.list(query, input) as unknown[] | null);
    return (answered ?? []).filter((body) => body !== null);
  });
}

describe('every query', () => {
  it.each(handlings.map((handling) => [handling.query.type, handling] as const))(
    '%s answers as its class declares, at every stage of the story, also while a view lags behind the others',
    (_type, handling) => {
      const found = Object.entries(worlds).flatMap(([name, world]) => {
        const ask = askingIn(world);
        const upToDate = bodies(handling, ask).map((body) => ({ name, body }));
        const behind = projections.flatMap((view) =>
          bodies(handling, ask.lagging(view)).map((body) => ({ name: `${name}, without ${view.name}`, body })),
        );
        return [...upToDate, ...behind];
      });
      expect(found.length).toBeGreaterThan(0);
      expect(found.flatMap(({ name, body }) => faultsIn(name, handling.query, body))).toEqual([]);
    },
  );
});

function faultsIn(world: string, query: QueryClass, body: unknown): string[] {
  const fault = faultOf(query.answers, body);
  return fault === null ? [] : [`${world}: ${fault}`];
}
