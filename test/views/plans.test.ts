import type { EventData } from '#lib/engine/model/message.js';
import { faultOf } from '#lib/engine/schema.js';
import { offerDraft } from '#lib/views/offer-draft.js';
import { offerStatus } from '#lib/views/offer-status.js';
import { ListPlans, PlanRow, plans, plansProjection } from '#lib/views/plans.js';
import { asking } from '../support/asking.js';
import { fold } from '../support/fold.js';
import { recorded } from '../support/given.js';
import {
  canceled,
  complete,
  created,
  deleted,
  described,
  goneLive,
  inPreview,
  leaving,
  left,
  live,
  offer,
  plan,
  planIds,
  resumed,
  stopAsked,
  submitted,
  until,
} from '../support/offers.js';

const own = { publisherId: 'fabrikam' };
const rowsAfter = (events: readonly EventData[], caller: object = own) =>
  asking([plans, offerStatus, offerDraft], recorded(`offer-${offer}`, events), caller).list(ListPlans, { offer });

describe('the plans of an offer', () => {
  const row = (planId: string, status: string, liveName: string | null, revision: number) => ({
    serviceId: `fabrikam.f365.${planId}`,
    offer,
    planId,
    name: planId,
    description: `The ${planId} plan`,
    liveName,
    status,
    revision,
  });
  const statusesAfter = (events: readonly EventData[]) =>
    (rowsAfter(events) as { planId: string; status: string }[]).map(({ planId, status }) => [planId, status]);

  it('R24 R30 shows Service ID and status from Draft to Live, with the revision of the offer', () => {
    const inOrder = [...planIds].sort();
    expect(faultOf(PlanRow, row('gold', 'Draft', null, 0))).toBeNull();
    expect(rowsAfter(complete)).toEqual(inOrder.map((id) => row(id, 'Draft', null, complete.length - 1)));
    expect(rowsAfter([...complete, ...until('s1', 'pages')])).toEqual(
      inOrder.map((id) => row(id, 'Draft', null, complete.length)),
    );
    expect(statusesAfter([...complete, ...inPreview('s1')])).toEqual(inOrder.map((id) => [id, 'Preview']));
    expect(rowsAfter(live)).toEqual(inOrder.map((id) => row(id, 'Live', id, live.length - 1)));
  });

  it('R18 R32 a plan of a later draft is in Draft; a replaced preview does not return', () => {
    expect(statusesAfter([...live, plan('aa')])[0]).toEqual(['aa', 'Draft']);
    const replaced = [...complete, ...inPreview('s1'), ...until('s2', 'pages'), canceled('s2')];
    expect(statusesAfter(replaced)).toEqual([...planIds].sort().map((id) => [id, 'Draft']));
  });

  const wordsOf = (planId: string, ...histories: (readonly EventData[])[]) =>
    histories.map((events) => new Map(statusesAfter(events) as [string, string][]).get(planId));

  it('R29 R30 shows a plan that is asked to stop, stopped, asked to return, and back', () => {
    const asked = [...live, stopAsked('silver')];
    const stopped = [...asked, ...goneLive('s2')];
    const returning = [...stopped, resumed('silver')];
    expect(wordsOf('silver', live, asked, stopped, returning, [...returning, ...goneLive('s3')])).toEqual([
      'Live',
      'Pending stop distribution',
      'Not available in the marketplace',
      'Not available in the marketplace',
      'Live',
    ]);
    expect(wordsOf('silver', [...asked, resumed('silver')])).toEqual(['Live']);
    expect(rowsAfter(asked)).toContainEqual(row('silver', 'Pending stop distribution', 'silver', live.length));
    expect(wordsOf('gold', asked, stopped)).toEqual(['Live', 'Live']);
  });

  it('R30 R36 live plans follow their offer off the market and back; others are drafts again', () => {
    const previewed = [
      ...live,
      plan('platinum'),
      submitted('s2', [...planIds, 'platinum']),
      ...inPreview('s2', [...planIds, 'platinum']).slice(1),
    ];
    const leavingIt = [...previewed, leaving('s2', undefined, [...planIds, 'platinum'])];
    const histories = [previewed, leavingIt, [...leavingIt, left()], [...leavingIt, left(), ...goneLive('s3')]];
    expect(wordsOf('gold', ...histories)).toEqual([
      'Live',
      'Pending stop distribution',
      'Not available in the marketplace',
      'Live',
    ]);
    expect(wordsOf('platinum', ...histories)).toEqual(['Preview', 'Draft', 'Draft', 'Draft']);
  });

  it('R27 shows a deleted plan no more', () => {
    expect(statusesAfter([...complete, deleted('gold')])).toEqual([
      ['bronze', 'Draft'],
      ['silver', 'Draft'],
    ]);
  });

  it("does not show another publisher's, nor those of an offer that is not there", () => {
    expect(rowsAfter(live, { publisherId: 'contoso' })).toBeNull();
    expect(rowsAfter([])).toBeNull();
    expect(rowsAfter([created])).toEqual([]);
  });

  it('R30 keeps for other views what customers see', () => {
    const renamed = [...live, described('gold', 'New words', 'Gold plus')];
    const goldAfter = (events: readonly EventData[]) =>
      fold(plansProjection, recorded(`offer-${offer}`, events))['plan/fabrikam.f365.gold'];
    expect(goldAfter([...complete, described('gold', 'New words', 'Gold plus')])).toMatchObject({
      name: 'Gold plus',
      description: 'New words',
    });
    const gold = { name: 'gold', description: 'The gold plan', onSale: true };
    expect(goldAfter(renamed)).toEqual({
      serviceId: 'fabrikam.f365.gold',
      publisherId: 'fabrikam',
      offer,
      planId: 'gold',
      name: 'gold',
      description: 'The gold plan',
      status: 'Live',
      draft: { ...gold, name: 'Gold plus', description: 'New words' },
      submitted: gold,
      inPreview: false,
      market: 'live',
      live: gold,
      revision: live.length,
    });
    expect(goldAfter([...renamed, ...goneLive('s2')])).toMatchObject({ name: 'Gold plus', description: 'New words' });
  });
});
