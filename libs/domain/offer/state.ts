import { hasLicenseManagement, type Content } from './content.js';
import type { StepInProgress } from './publishing-messages.js';

/** One pass through publishing, with the content that it froze (R18). */
export type Submission = { readonly submissionId: string; readonly content: Content } & (
  | { readonly phase: 'inProgress'; readonly awaits: StepInProgress }
  | { readonly phase: 'attentionNeeded' }
  | { readonly phase: 'preview' }
  | { readonly phase: 'goingLive'; readonly dueAt: string }
);
export type Phase = Submission['phase'];

/** What customers see. Plans that were ever live stay among its plans: they cannot be deleted (R27). */
export interface Release {
  readonly submissionId: string;
  readonly content: Content;
}

interface Common {
  readonly publisherId: string;
  readonly offer: string;
  readonly draft: Content;
  /** Of all plans there ever were: an ID is not used again (R21, R27). */
  readonly usedPlanIds: Set<string>;
  /** The newest one that is not live, canceled, replaced or discarded. */
  readonly submission: Submission | null;
}

/** An offer that is there. `status` says where it stands in the market, apart from what is on its way there. */
export type Offer = Common &
  (
    | { readonly status: 'unreleased' }
    | { readonly status: 'live' | 'stopped'; readonly live: Release }
    | { readonly status: 'stopping'; readonly live: Release; readonly stopDueAt: string }
  );
export type Market = Offer['status'];

export type OfferState = { readonly status: 'none' } | Offer;

/** License management is on (R10). Once the offer has been signed off to go live it stays as it is (R12). */
export function managesLicenses(state: OfferState): boolean {
  return state.status !== 'none' && hasLicenseManagement(state.draft);
}

export function hasBeenLive(state: OfferState): boolean {
  return state.status !== 'none' && state.status !== 'unreleased';
}

/** A plan of this offer that is not deleted. */
export function knowsPlan(state: OfferState, planId: string): boolean {
  return state.status !== 'none' && state.draft.plans.some((plan) => plan.planId === planId);
}

/** The package URL that a submission waits to have asked (R35); null: that submission does not wait for it. */
export function awaitedPackageUrl(state: OfferState, submissionId: string): string | null {
  if (state.status === 'none' || state.submission?.submissionId !== submissionId) return null;
  const { submission } = state;
  const waits = submission.phase === 'inProgress' && submission.awaits === 'packageUrl';
  return waits ? (submission.content.technicalConfiguration?.packageUrl ?? null) : null;
}

/** Live and not stopped. Until a stop is due, it sells as before; from then on not, be the completion late (R36). */
export function isOnSale(state: OfferState, now: string): boolean {
  return state.status === 'live' || (state.status === 'stopping' && now < state.stopDueAt);
}

/** What customers see, or saw last; null: it was never live. */
export function releaseOf(state: OfferState): Release | null {
  return state.status === 'none' || state.status === 'unreleased' ? null : state.live;
}

/** A live plan that is not stopped, of an offer on sale (R66). */
export function sellsPlan(state: OfferState, planId: string, now: string): boolean {
  const plans = releaseOf(state)?.content.plans ?? [];
  return isOnSale(state, now) && plans.some((plan) => plan.planId === planId && plan.onSale);
}
