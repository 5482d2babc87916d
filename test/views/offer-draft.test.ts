import type { EventData } from '#lib/engine/model/message.js';
import { faultOf } from '#lib/engine/schema.js';
import { emptyContent, type Content } from '#lib/domain/offer/content.js';
import { GetOfferDraft, OfferDraft, offerDraft } from '#lib/views/offer-draft.js';
import { offerContentsProjection } from '#lib/views/offer-contents.js';
import { asking } from '../support/asking.js';
import { fold } from '../support/fold.js';
import { recorded } from '../support/given.js';
import {
  canceled,
  complete,
  created,
  described,
  inPreview,
  leaving,
  left,
  licenseManagement,
  listing,
  live,
  needsAttention,
  offer,
  planIds,
  signedOff,
  solutionPackage,
  technicalConfiguration,
  until,
} from '../support/offers.js';

const own = { publisherId: 'fabrikam' };
const draftAfter = (events: readonly EventData[], caller: object = own) =>
  asking([offerDraft], recorded(`offer-${offer}`, events), caller).one(GetOfferDraft, { offer });
const shownAfter = (events: readonly EventData[]) => {
  const { draft, preview, live: shown } = draftAfter(events) as Record<'draft' | 'preview' | 'live', Content | null>;
  return [draft, preview, shown].map((content) => content && (content.plans[0]?.description ?? null));
};

describe('the draft of an offer', () => {
  it('R8 suggests a listing name from the alias', () => {
    expect(draftAfter([created])).toEqual({
      offer,
      publisherId: 'fabrikam',
      suggestedListingName: 'Project Blue',
      draft: emptyContent,
      preview: null,
      live: null,
      revision: 0,
    });
  });

  it('shows the saved values of each page and plan', () => {
    expect(draftAfter(complete)).toMatchObject({
      draft: {
        offerSetup: licenseManagement,
        properties: { category: 'Sales' },
        listing,
        availability: { markets: ['SE', 'US'] },
        technicalConfiguration,
        package: solutionPackage,
        plans: planIds.map((planId) => ({
          planId,
          name: planId,
          description: `The ${planId} plan`,
          onSale: true,
        })),
      },
      revision: complete.length - 1,
    });
  });

  it('R18 keeps preview and live apart from what is saved later', () => {
    const first = 'The gold plan';
    const second = [...live, described('gold', 'second')];
    expect(shownAfter(complete)).toEqual([first, null, null]);
    expect(shownAfter([...complete, ...until('s1', 'pages')])).toEqual([first, null, null]);
    expect(shownAfter(second)).toEqual(['second', null, first]);
    const third = [...second, ...inPreview('s2'), described('gold', 'third')];
    expect(shownAfter(third)).toEqual(['third', 'second', first]);
    expect(shownAfter([...third, signedOff('s2')])).toEqual(['third', 'second', first]);
    expect(shownAfter([...third, ...until('s3', 'pages'), canceled('s3')])).toEqual(['third', null, first]);
    expect(shownAfter([...third, ...until('s3', 'pages'), needsAttention('s3', 'pages')])).toEqual([
      'third',
      null,
      first,
    ]);
  });

  it('R18 keeps nothing frozen once its submission has ended', () => {
    const kindsAfter = (...events: readonly EventData[]) =>
      Object.keys(fold(offerContentsProjection, recorded('any-stream', events))).map((id) => id.split('/')[0]);
    expect(kindsAfter(...live, ...inPreview('s2'))).toEqual(['draft', 'live', 'submitted']);
    for (const end of [canceled('s2'), needsAttention('s2'), leaving('s2')]) {
      expect(kindsAfter(...live, ...until('s2', 'certification'), end)).toEqual(['draft', 'live']);
    }
    expect(kindsAfter(...live)).toEqual(['draft', 'live']);
  });

  it('R36 keeps what was live, as stopped, once the offer has left the market', () => {
    const liveAfter = (...events: readonly EventData[]) =>
      fold(offerContentsProjection, recorded('any-stream', events))[`live/${offer}`];
    const onSale = liveAfter(...live);
    expect(onSale).toMatchObject({ status: 'onSale', name: 'Fabrikam 365', category: 'Sales' });
    const shifted = { since: expect.any(String) };
    expect(liveAfter(...live, leaving())).toEqual({ ...onSale, ...shifted });
    expect(liveAfter(...live, leaving(), left())).toEqual({ ...onSale, ...shifted, status: 'stopped' });
  });

  it('R76 shows the revision of the last event, whatever it was', () => {
    const failed = [...until('s2', 'certification'), needsAttention('s2')];
    const history = [...live, ...failed, ...until('s3', 'pages'), canceled('s3'), leaving(), left()];
    const revisions = history.map((_, last) => (draftAfter(history.slice(0, last + 1)) as OfferDraft).revision);
    expect(revisions).toEqual(history.map((_, last) => last));
  });

  it('is answered in the declared shape', () => {
    const histories = [[created], complete, [...live, ...inPreview('s2')]];
    expect(histories.map((events) => faultOf(OfferDraft, draftAfter(events)))).toEqual([null, null, null]);
  });

  it("does not show another publisher's, nor one that is not there", () => {
    expect(draftAfter(complete, { publisherId: 'contoso' })).toBeNull();
    expect(draftAfter([])).toBeNull();
  });
});
