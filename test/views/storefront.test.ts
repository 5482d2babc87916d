import type { Actor } from '#lib/engine/model/envelope.js';
import { event, type EventData } from '#lib/engine/model/message.js';
import { faultOf } from '#lib/engine/schema.js';
import { SeatPoolResized } from '#lib/domain/seat-pool/messages.js';
import { licenseCounts } from '#lib/views/license-counts.js';
import { offerDraft } from '#lib/views/offer-draft.js';
import { offerStatus } from '#lib/views/offer-status.js';
import { GetListing, ListListings, StorefrontListing, StorefrontRow, storefront } from '#lib/views/storefront.js';
import { asking } from '../support/asking.js';
import { recorded } from '../support/given.js';
import {
  chosen,
  complete,
  created,
  described,
  enrolled,
  goneLive,
  inPreview,
  leaving,
  left,
  licenseManagement,
  listed,
  listing,
  live,
  offer,
  planIds,
  signedOff,
  stopAsked,
  submitted,
  wentLive,
} from '../support/offers.js';

const tenantId = '11111111-1111-4111-8111-111111111111';
const anonymous: Actor = { kind: 'anonymous', id: 'anonymous', role: 'anonymous', personId: null };
const admin: Actor = { kind: 'key', id: 'key', role: 'customer.userAdmin', personId: null };
const views = [storefront, offerStatus, offerDraft, licenseCounts];

const pool = (total: number) =>
  event(SeatPoolResized, {
    publisherId: 'fabrikam',
    offer,
    tenantId,
    serviceId: `${offer}.silver`,
    planId: 'silver',
    from: 0,
    to: total,
    dealId: 'd1',
    dealCount: total,
    dealRevision: 3,
  });
const looking = (
  events: readonly EventData[],
  caller: object = {},
  actor = anonymous,
  licenses: number | null = null,
) =>
  asking(
    views,
    [
      ...recorded('publisher-fabrikam', [enrolled]),
      ...recorded(`offer-${offer}`, events),
      ...(licenses === null ? [] : recorded(`seatPool-${tenantId}.${offer}.silver`, [pool(licenses)])),
    ],
    caller,
    { actor },
  );
const listingFor = (events: readonly EventData[], ...viewer: [caller?: object, actor?: Actor, licenses?: number]) =>
  looking(events, ...viewer).one(GetListing, { offer });

const row = {
  offer,
  publisherId: 'fabrikam',
  publisherName: 'Fabrikam, Inc.',
  name: 'Fabrikam 365',
  summary: 'Sales for small teams',
  category: 'Sales',
  address: 'https://appsource.microsoft.com/product/dynamics-365/fabrikam.f365',
  revision: live.length - 1,
};

describe('the storefront', () => {
  it('R5 R9 R15 R30 shows what is live, and neither alias nor package URL', () => {
    const { name: _name, summary: _summary, ...rest } = listing;
    expect(listingFor(live)).toEqual({
      ...row,
      ...rest,
      markets: ['SE', 'US'],
      liveSince: '2026-03-01T11:59:59.000Z',
      plans: planIds.map((planId) => ({
        planId,
        serviceId: `${offer}.${planId}`,
        name: planId,
        description: `The ${planId} plan`,
      })),
      buttons: ['Contact Me'],
    });
    expect(faultOf(StorefrontListing, listingFor(live))).toBeNull();
  });

  it('R18 R30 shows nothing before live, and changes only with the next go-live', () => {
    expect(listingFor([...complete, ...inPreview('s1'), signedOff('s1')])).toBeNull();
    const changed = [...live, listed({ ...listing, name: 'Renamed' }), described('gold', 'New words')];
    expect(listingFor(changed)).toMatchObject({
      name: 'Fabrikam 365',
      plans: [{ description: 'The gold plan' }, {}, {}],
    });
    expect(listingFor([...changed, ...goneLive('s2')])).toMatchObject({
      name: 'Renamed',
      plans: [{ description: 'New words' }, {}, {}],
    });
  });

  it('E9 R41 shows Get It Now to a tenant that holds a license', () => {
    expect(listingFor(live, { tenantId }, admin, 0)).toMatchObject({ buttons: ['Contact Me'] });
    expect(listingFor(live, { tenantId }, admin, 1)).toMatchObject({ buttons: ['Contact Me', 'Get It Now'] });
    expect(listingFor(live, { tenantId: '2' }, admin, 1)).toMatchObject({ buttons: ['Contact Me'] });
  });

  it('E10 R41 shows Get It Now to a tenant admin with free install', () => {
    const free = [...complete, chosen({ ...licenseManagement, freeInstall: true }), ...goneLive('s1')];
    expect(listingFor(free, { tenantId }, admin)).toMatchObject({ buttons: ['Get It Now', 'Contact Me'] });
    expect(listingFor(free)).toMatchObject({ buttons: ['Contact Me'] });
  });

  it('R36 R42 sells as before until the stop is complete, then shows no buttons, even to who holds licenses', () => {
    const pending = [...live, leaving()];
    expect(listingFor(pending)).toMatchObject({ buttons: ['Contact Me'], plans: [{}, {}, {}] });
    expect(looking(pending).list(ListListings, {})).toEqual([row]);
    const stopped = [...pending, left()];
    expect(listingFor(stopped)).toMatchObject({ ...row, buttons: [] });
    expect(listingFor(stopped, { tenantId }, admin, 1)).toMatchObject({ buttons: [] });
    expect(looking(stopped).list(ListListings, {})).toEqual([]);
    const back = [...stopped, ...goneLive('s2')];
    expect(listingFor(back)).toMatchObject({ buttons: ['Contact Me'] });
    expect(looking(back).list(ListListings, {})).toMatchObject([{ offer }]);
  });

  it('R18 R29 shows a plan until its stop goes live', () => {
    const asked = [...live, stopAsked('silver')];
    const shown = (events: readonly EventData[]) =>
      (listingFor(events) as StorefrontListing).plans.map(({ planId }) => planId);
    expect(shown(asked)).toEqual(planIds);
    expect(shown([...asked, ...goneLive('s2')])).toEqual(['gold', 'bronze']);
  });

  it('shows blanks for pages that were never saved', () => {
    const nothing = { name: '', summary: '', category: '', description: '', keywords: [], screenshots: [], videos: [] };
    expect(listingFor([created, submitted('s1', []), wentLive('s1', [])])).toEqual({
      ...row,
      ...nothing,
      privacyUrl: null,
      helpUrl: null,
      supportUrl: null,
      markets: [],
      liveSince: '2026-03-01T11:59:59.000Z',
      plans: [],
      buttons: [],
      revision: 2,
    });
  });

  it('lists offers on sale', () => {
    expect(looking(live).list(ListListings, {})).toEqual([row]);
    expect(faultOf(StorefrontRow, row)).toBeNull();
    expect(looking(live).list(ListListings, {}, { category: 'Finance' })).toEqual([]);
    expect(looking([...complete, ...inPreview('s1')]).list(ListListings, {})).toEqual([]);
  });
});
