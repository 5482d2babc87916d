import type { LicensingOptions } from '#lib/domain/offer/content.js';
import { AcceptLead, CloseLead, DeclineLead, SubmitLead } from '#lib/domain/lead/messages.js';
import type { LeadKind } from '#lib/domain/lead/status.js';
import { ErasePersonOfPublisher } from '#lib/domain/person/messages.js';
import { publisherOf } from '#lib/domain/ids.js';
import type { Chance } from './chance.js';
import type { Market } from './market.js';
import { days, fieldOf, type Life, type Stage, type Who } from './stage.js';

/** Visitors of a listing, one after the other, for as long as it is on sale. */
export function* leadsLife(
  stage: Stage,
  market: Market,
  offer: string,
  options: LicensingOptions,
  everyMs: number,
): Life {
  const chance = stage.chanceOf(`leads of ${offer}`);
  for (let count = 1; ; count += 1) {
    if (market.isOnSale(offer)) stage.begin(leadLife(stage, offer, kindOf(options), count, chance));
    yield chance.between(everyMs / 2, everyMs * 1.5);
  }
}

/** What the button asks for that a visitor without licenses is shown. */
function kindOf({ listingOption }: LicensingOptions): LeadKind {
  if (listingOption === 'getItNow') return 'install';
  return listingOption === 'freeTrial' ? 'freeTrial' : 'contact';
}

function* leadLife(stage: Stage, offer: string, kind: LeadKind, count: number, chance: Chance): Life {
  const publisherId = publisherOf(offer);
  const referrals: Who = { role: 'publisher.referralsAdmin', publisherId };
  const sent = stage.act(SubmitLead, { offer, kind, ...visitorOf(count), consent: true }, 'visitor');
  const [leadId, personId] = [fieldOf(sent, 'leadId'), fieldOf(sent, 'personId')];
  if (leadId === null || personId === null) return;
  if (kind === 'contact') yield* answering(stage, leadId, referrals, chance);
  if (!chance.is(4)) return;
  yield days(chance.between(30, 200));
  stage.act(ErasePersonOfPublisher, { publisherId, personId }, referrals);
}

/** Three of ten are left unanswered and expire. */
function* answering(stage: Stage, leadId: string, referrals: Who, chance: Chance): Life {
  if (chance.is(30)) return;
  yield days(chance.between(1, 12));
  if (chance.is(20)) {
    stage.act(DeclineLead, { leadId }, referrals);
    return;
  }
  stage.act(AcceptLead, { leadId }, referrals);
  yield days(chance.between(10, 90));
  stage.act(CloseLead, { leadId, outcome: chance.of('won', 'lost') }, referrals);
}

function visitorOf(count: number) {
  return {
    firstName: 'Visitor',
    lastName: `No. ${count}`,
    email: `visitor-${count}@visitors.example`,
    country: 'US',
    company: `Company ${count}`,
    phone: null,
    title: null,
    comments: null,
  };
}
