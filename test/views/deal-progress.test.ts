import { event, type EventData } from '#lib/engine/model/message.js';
import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import {
  DealApproved,
  DealDeclined,
  DealUpdateRequested,
  DealUpdated,
  LicenseCountChanged,
  LicensesDeactivated,
} from '#lib/domain/deal/messages.js';
import { CustomerInvited, InvitationAccepted } from '#lib/domain/invitation/messages.js';
import { personPut } from '#lib/domain/person/directory.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { customers } from '#lib/views/customers.js';
import { DealById, dealProgress } from '#lib/views/deal-progress.js';
import { offerStatus } from '#lib/views/offer-status.js';
import {
  activated,
  attached,
  complete,
  contoso,
  established,
  lineIds,
  northwind,
  offer,
  offerInDraft,
  offerLive,
  publisherId,
  registered,
  started,
  terminated,
} from '../domain/deal/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import { personOf } from '../support/persons.js';

const dealId = 'deal-1';
const ids = { publisherId, dealId };
const views = [dealProgress, customers, offerStatus];

const invited = (invitationId: string, expiresAt = '2026-05-30T12:00:00.000Z') =>
  event(CustomerInvited, { ...ids, invitationId, tokenHash: 'hash', expiresAt });
const accepted = (invitationId: string, tenantId = contoso) =>
  event(InvitationAccepted, {
    ...ids,
    invitationId,
    tenantId,
    organizationName: 'Contoso',
    country: 'US',
    consentVersion: '1',
    consentHash: 'hash',
  });

interface World {
  readonly deal: readonly EventData[];
  readonly offer?: readonly EventData[];
  readonly invitations?: Readonly<Record<string, readonly EventData[]>>;
  readonly relationships?: Readonly<Record<string, readonly EventData[]>>;
}

function log({ deal, offer: offerHistory = offerLive, invitations = {}, relationships = {} }: World): Recorded[] {
  return [
    ...recorded(`offer-${offer}`, offerHistory),
    ...recorded(`deal-${dealId}`, deal),
    ...Object.entries(invitations).flatMap(([id, events]) => recorded(`invitation-${id}`, events)),
    ...Object.entries(relationships).flatMap(([id, events]) => recorded(`relationship-${publisherId}.${id}`, events)),
  ];
}

const shown = (world: World) => asking(views, log(world)).one(DealById, { dealId });
const consented = { tenantId: contoso, relationship: 'established', organizationName: 'Contoso', country: 'US' };
const unknown = (tenantId: string) => ({ tenantId, relationship: 'none', organizationName: null, country: null });

describe('the progress of a deal', () => {
  it('shows a registered deal whole', () => {
    expect(shown({ deal: registered() })).toEqual({
      dealId,
      publisherId,
      tab: 'In Progress',
      filter: 'Submitted',
      form: complete,
      contact: { personId: 'person-1', person: null, erased: false },
      lines: [],
      customer: null,
      candidates: [],
      eligibility: { eligible: true, licenseManagement: true, hasBeenLive: true },
      invitations: { invited: 0, accepted: 0 },
      mismatchedTenants: [],
      contractEndedLicensesActive: false,
      nextStep: 'invite',
      reason: null,
      startedAt: '2026-03-01T11:59:58.000Z',
      changedAt: '2026-03-01T11:59:59.000Z',
      revision: 1,
    });
  });

  it('R95 joins the contact from the directory, for the publisher alone, until the person is erased', () => {
    const data = personOf({ name: 'Ann', email: 'ann@contoso.example', title: 'Buyer' });
    const records = [personPut(publisherId, 'person-1', data)];
    const contact = (events: readonly Recorded[], caller: Owner) =>
      (asking(views, events, caller, { records }).one(DealById, { dealId }) as { contact: unknown }).contact;
    const deal = log({ deal: registered() });
    expect(contact(deal, { publisherId })).toEqual({ personId: 'person-1', person: data, erased: false });
    expect(contact(deal, { installation: true })).toEqual({ personId: 'person-1', person: null, erased: false });
    const erased = event(PersonErased, { personId: 'person-1', publisherId, tenantId: null });
    const after = [...deal, ...recorded(`person-${publisherId}.person-1`, [erased])];
    expect(contact(after, { publisherId })).toEqual({ personId: 'person-1', person: null, erased: true });
    expect(contact(log({ deal: [started({ ...complete, contact: null })] }), { publisherId })).toBeNull();
  });

  it('goes from register over invite, awaiting consent and activate to active', () => {
    const [first] = registered();
    const steps: World[] = [
      { deal: first ? [first] : [] },
      { deal: registered() },
      { deal: registered(), invitations: { i1: [invited('i1')] } },
      {
        deal: registered(),
        invitations: { i1: [invited('i1'), accepted('i1')] },
        relationships: { [contoso]: [established()] },
      },
      { deal: [...registered(), attached(), activated('gold', 30)], relationships: { [contoso]: [established()] } },
    ];
    const nextSteps = steps.map((world) => shown(world)).map((deal) => (deal as { nextStep: string }).nextStep);
    expect(nextSteps).toEqual(['register', 'invite', 'awaiting consent', 'activate', 'active']);
  });

  it('R61 invites again when every invitation has expired', () => {
    expect(
      shown({ deal: registered(), invitations: { i1: [invited('i1', '2026-03-01T12:00:00.000Z')] } }),
    ).toMatchObject({
      invitations: { invited: 1, accepted: 0 },
      nextStep: 'invite',
    });
  });

  it('R61 awaits consent while one of its invitations can be accepted, whichever was sent first', () => {
    const [past, ahead] = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.001Z'];
    for (const [first, second] of [
      [past, ahead],
      [ahead, past],
    ]) {
      const invitations = { i1: [invited('i1', first)], i2: [invited('i2', second)] };
      expect(shown({ deal: registered(), invitations })).toMatchObject({ nextStep: 'awaiting consent' });
    }
  });

  it('shows the words of each tab and filter, and what the marketplace said', () => {
    const after = (...events: readonly EventData[]) => shown({ deal: [...registered(), ...events] });
    const requested = event(DealUpdateRequested, { ...ids, reason: 'More, please.' });
    expect(shown({ deal: [started(complete)] })).toMatchObject({ tab: 'Action Required', filter: 'Incomplete' });
    expect(after(requested)).toMatchObject({
      tab: 'Action Required',
      filter: 'Update required',
      reason: 'More, please.',
    });
    expect(after(requested, event(DealUpdated, { ...ids, ...complete, city: 'Seattle' }))).toMatchObject({
      tab: 'In Progress',
      filter: 'Submitted',
      form: { ...complete, city: 'Seattle' },
      reason: null,
      revision: 3,
    });
    expect(after(event(DealApproved, ids))).toMatchObject({ tab: 'Closed', filter: 'Approved', reason: null });
    expect(after(event(DealDeclined, { ...ids, reason: 'No.' }))).toMatchObject({
      tab: 'Closed',
      filter: 'Declined',
      reason: 'No.',
      nextStep: null,
    });
  });

  it('shows the lines with their counts, without those that were removed', () => {
    const deal = [
      ...registered(),
      attached(),
      activated('gold', 30),
      activated('silver', 5),
      activated('bronze', 7),
      event(LicenseCountChanged, { ...lineIds('gold'), from: 30, to: 40 }),
      event(LicensesDeactivated, { ...lineIds('silver'), from: 5 }),
    ];
    expect(shown({ deal, relationships: { [contoso]: [established()] } })).toMatchObject({
      lines: [
        { planId: 'gold', serviceId: 'fabrikam.f365.gold', count: 40, since: '2026-03-01T11:59:55.000Z' },
        { planId: 'bronze', serviceId: 'fabrikam.f365.bronze', count: 7, since: '2026-03-01T11:59:57.000Z' },
      ],
      customer: consented,
      candidates: [],
      revision: 7,
    });
  });

  it('R94 shows that the customer ended the relationship, and invites again', () => {
    const deal = [
      ...registered(),
      attached(),
      activated('gold', 30),
      event(LicensesDeactivated, { ...lineIds('gold'), from: 30 }),
    ];
    const world = {
      deal,
      invitations: { i1: [invited('i1'), accepted('i1')] },
      relationships: { [contoso]: [established(), terminated()] },
    };
    expect(shown(world)).toMatchObject({
      customer: { ...consented, relationship: 'terminated' },
      invitations: { invited: 1, accepted: 1 },
      nextStep: 'invite',
    });
  });

  it('R50 shows tenants that accepted although the deal names another', () => {
    const world = {
      deal: registered({ ...complete, tenantId: contoso }),
      relationships: { [northwind]: [established(northwind)] },
    };
    const invitations = { i1: [invited('i1'), accepted('i1', northwind)], i2: [invited('i2')] };
    expect(shown({ ...world, invitations })).toMatchObject({
      customer: null,
      candidates: [unknown(contoso), { ...consented, tenantId: northwind }],
      mismatchedTenants: [northwind],
      invitations: { invited: 2, accepted: 1 },
      nextStep: 'awaiting consent',
    });
    const both = { ...invitations, i2: [invited('i2'), accepted('i2')] };
    const relationships = { ...world.relationships, [contoso]: [established()] };
    expect(shown({ ...world, invitations: both, relationships })).toMatchObject({
      candidates: [consented, { ...consented, tenantId: northwind }],
      mismatchedTenants: [northwind],
      nextStep: 'activate',
    });
    expect(shown({ deal: registered(), invitations: both })).toMatchObject({ mismatchedTenants: [] });
  });

  it('R55 shows why a deal is not eligible', () => {
    expect(shown({ deal: registered(), offer: offerInDraft })).toMatchObject({
      eligibility: { eligible: false, licenseManagement: true, hasBeenLive: false },
    });
    expect(shown({ deal: [started({ ...complete, offer: null })] })).toMatchObject({
      eligibility: { eligible: false, licenseManagement: false, hasBeenLive: false },
    });
  });

  it('remembers the ten tenants that accepted last, each once', () => {
    const tenant = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 5];
    const invitations = Object.fromEntries(
      order.map((index, i) => [`i${i}`, [invited(`i${i}`), accepted(`i${i}`, tenant(index))]]),
    );
    expect(shown({ deal: registered(), invitations })).toMatchObject({
      candidates: [5, 11, 10, 9, 8, 7, 6, 4, 3, 2].map((index) => unknown(tenant(index))),
      invitations: { invited: 12, accepted: 12 },
    });
  });
});
