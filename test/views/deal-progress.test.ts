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
import { DealById, DealsOfPublisher, dealProgress } from '#lib/views/deal-progress.js';
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
      event(LicenseCountChanged, { ...lineIds('gold'), from: 30, to: 40 }),
      event(LicensesDeactivated, { ...lineIds('silver'), from: 5 }),
    ];
    expect(shown({ deal, relationships: { [contoso]: [established()] } })).toMatchObject({
      lines: [{ planId: 'gold', serviceId: 'fabrikam.f365.gold', count: 40, since: '2026-03-01T11:59:56.000Z' }],
      customer: consented,
      candidates: [],
      revision: 6,
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

describe('deals', () => {
  const ended = { ...complete, signedOn: '2025-01-01', startsOn: '2025-01-01', endsOn: '2026-02-28' };
  const lasting = { ...ended, endsOn: '2026-03-01' };
  const licensed = [...registered(ended), attached(), activated('gold', 30)];
  const list = (deal: readonly EventData[], contractEndedLicensesActive: boolean, filter = {}) =>
    asking(views, log({ deal })).list(DealsOfPublisher, { publisherId, contractEndedLicensesActive }, filter);

  it('are found by tab, filter and offer', () => {
    for (const filter of [{}, { tab: 'In Progress' }, { filter: 'Submitted' }, { offer }]) {
      expect(list(registered(), false, filter)).toMatchObject([{ dealId, nextStep: 'invite' }]);
    }
    for (const filter of [{ tab: 'Closed' }, { filter: 'Incomplete' }, { offer: 'fabrikam.other' }]) {
      expect(list(registered(), false, filter)).toEqual([]);
    }
  });

  it('R54 "Contract ended, licenses active" finds those alone', () => {
    expect(list(licensed, true)).toMatchObject([{ dealId, contractEndedLicensesActive: true, nextStep: 'active' }]);
    expect(list(registered(ended), true)).toEqual([]);
    expect(list([...licensed, event(LicensesDeactivated, { ...lineIds('gold'), from: 30 })], true)).toEqual([]);
    expect(list([...registered(lasting), attached(), activated('gold', 30)], true)).toEqual([]);
  });

  it("are their publisher's and the installation's to see", () => {
    const as = (caller: object) => asking(views, log({ deal: registered() }), caller);
    for (const caller of [{ publisherId }, { installation: true }]) {
      expect(as(caller).one(DealById, { dealId })).toMatchObject({ dealId });
    }
    for (const caller of [{ publisherId: 'contoso' }, { tenantId: contoso }, {}]) {
      expect(as(caller).one(DealById, { dealId })).toBeNull();
      expect(as(caller).list(DealsOfPublisher, { publisherId, contractEndedLicensesActive: false })).toBeNull();
    }
    expect(as({ publisherId }).one(DealById, { dealId: 'deal-2' })).toBeNull();
  });
});
