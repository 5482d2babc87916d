import type { Plan } from './content.js';
import type { Market, Phase } from './state.js';

/** What every offer is (R7): the marketplace licenses no other kind. */
export const offerType = 'Dynamics 365 for Customer Engagement & PowerApps';

/** The words of an offer, exactly. */
export const statusWords = [
  'Draft',
  'Publish in progress',
  'Attention needed',
  'Preview',
  'Live',
  'Pending stop distribution',
  'Not available in the marketplace',
] as const;
export type StatusWord = (typeof statusWords)[number];

const ofPhase: Readonly<Record<Phase, StatusWord>> = {
  inProgress: 'Publish in progress',
  attentionNeeded: 'Attention needed',
  preview: 'Preview',
  // Signed off: the second half of Publish in progress.
  goingLive: 'Publish in progress',
};

const ofMarket: Readonly<Record<Market, StatusWord>> = {
  unreleased: 'Draft',
  live: 'Live',
  stopping: 'Pending stop distribution',
  stopped: 'Not available in the marketplace',
};

/** The status shown: that of the open submission, else of what is in the market. */
export function statusWord(market: Market, phase: Phase | null): StatusWord {
  return phase === null ? ofMarket[market] : ofPhase[phase];
}

/** Between being submitted and preview, and between sign-off and going live. */
export function isInProgress(phase: Phase | null): boolean {
  return phase === 'inProgress' || phase === 'goingLive';
}

/** R34. */
export function canBePublished(market: Market, phase: Phase | null): boolean {
  return !isInProgress(phase) && market !== 'stopping';
}

/** What the publisher can do to move an offer on, apart from filling in its pages. */
export const offerActions = ['PublishOffer', 'CancelPublish', 'GoLive', 'StopDistribution'] as const;
export type OfferAction = (typeof offerActions)[number];

/** Actions that the status allows (R31, R32, R34, R36); whether the pages allow publishing is another question. */
export function allowedActions(market: Market, phase: Phase | null): OfferAction[] {
  const allowed: Readonly<Record<OfferAction, boolean>> = {
    PublishOffer: canBePublished(market, phase),
    CancelPublish: phase === 'inProgress',
    GoLive: phase === 'preview',
    StopDistribution: market === 'live' && !isInProgress(phase),
  };
  return offerActions.filter((action) => allowed[action]);
}

/** The words of a plan (R30), exactly. */
export const planStatusWords = [
  'Draft',
  'Preview',
  'Live',
  'Pending stop distribution',
  'Not available in the marketplace',
] as const;
export type PlanStatusWord = (typeof planStatusWords)[number];

type OnSale = Pick<Plan, 'onSale'>;

/** A plan that is live shows how it sells, as far as its offer does; one that is not, how far it is. */
export function planStatusWord(market: Market, draft: OnSale, live: OnSale | null, inPreview: boolean): PlanStatusWord {
  if (live === null) return inPreview ? 'Preview' : 'Draft';
  if (!live.onSale || market === 'stopped') return 'Not available in the marketplace';
  return draft.onSale && market === 'live' ? 'Live' : 'Pending stop distribution';
}
