import { SaveListing } from '#lib/domain/offer/pages-messages.js';
import { CancelPublish, PublishOffer, type ReportEntry } from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, GoLive, RejectOffer } from '#lib/domain/offer/release-messages.js';
import type { Chance } from './chance.js';
import { listingOf } from './drafting.js';
import { days, fieldOf, hours, type Life, type Stage, type Who } from './stage.js';

const marketplace: Who = { role: 'marketplaceOperator' };
const fault: ReportEntry = {
  check: 'Certification policy 1140.3',
  detail: 'The app does not start without a network.',
  whatToDo: 'Show a message instead of an empty page, then publish again.',
};

/**
 * From a complete draft to live: submitted, now and then canceled or rejected and submitted again, certified, looked at
 * in the preview, signed off.
 */
export function* publishingLife(stage: Stage, offer: string, owner: Who, chance: Chance): Life {
  for (let version = 2; ; version += 1) {
    const submissionId = fieldOf(stage.act(PublishOffer, { offer }, owner), 'submissionId');
    if (submissionId === null) return;
    if (chance.is(8)) {
      yield hours(chance.between(1, 5));
      stage.act(CancelPublish, { offer }, owner);
      yield hours(chance.between(1, 50));
      continue;
    }
    yield hours(chance.between(20, 90));
    if (chance.is(15)) {
      stage.act(RejectOffer, { offer, submissionId, report: [fault] }, marketplace);
      yield days(chance.between(1, 6));
      stage.act(SaveListing, { offer, ...listingOf(offer, version) }, owner);
      continue;
    }
    stage.act(CertifyOffer, { offer, submissionId, report: [] }, marketplace);
    yield hours(chance.between(2, 60));
    stage.act(GoLive, { offer, submissionId }, owner);
    yield stage.settings.goLiveAfterMs + hours(1);
    return;
  }
}
