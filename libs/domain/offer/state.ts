import type { Recorded } from '#lib/engine/model/envelope.js';
import { emptyContent, type Content } from './content.js';
import { drafted } from './drafting.js';
import type { OfferEvent, PublishingEvent } from './events.js';
import { stepAfter, type StepInProgress } from './publishing-steps.js';

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
  ({ readonly status: 'unreleased' } | { readonly status: 'live' | 'stopping' | 'stopped'; readonly live: Release });
export type Market = Offer['status'];

export type OfferState = { readonly status: 'none' } | Offer;

export function evolve(state: OfferState, event: Recorded<OfferEvent>): OfferState {
  if (event.type === 'OfferCreated') {
    const { publisherId, offer } = event.data;
    const usedPlanIds = new Set<string>();
    return { status: 'unreleased', publisherId, offer, draft: emptyContent, usedPlanIds, submission: null };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'OfferSubmitted':
    case 'PublishCanceled':
    case 'PublishingStepPassed':
    case 'OfferNeedsAttention':
    case 'OfferPreviewCreated':
    case 'GoLiveSignedOff':
    case 'OfferWentLive':
      return published(state, event);
    default:
      if (event.type === 'PlanCreated') state.usedPlanIds.add(event.data.planId);
      return { ...state, draft: drafted(state.draft, event) };
  }
}

function published(state: Offer, { type, data }: PublishingEvent): Offer {
  const { submissionId } = data;
  const content = state.submission?.content ?? emptyContent;
  switch (type) {
    case 'OfferSubmitted':
      return { ...state, submission: { submissionId, content: state.draft, phase: 'inProgress', awaits: 'pages' } };
    case 'PublishingStepPassed':
      return { ...state, submission: { submissionId, content, phase: 'inProgress', awaits: stepAfter(data.step) } };
    case 'OfferNeedsAttention':
      return { ...state, submission: { submissionId, content, phase: 'attentionNeeded' } };
    case 'OfferPreviewCreated':
      return { ...state, submission: { submissionId, content, phase: 'preview' } };
    case 'GoLiveSignedOff':
      return { ...state, submission: { submissionId, content, phase: 'goingLive', dueAt: data.dueAt } };
    case 'OfferWentLive':
      return { ...state, submission: null, status: 'live', live: { submissionId, content } };
    case 'PublishCanceled':
      return { ...state, submission: null };
  }
}

/** License management is on (R10). Once the offer has been signed off to go live it stays as it is (R12). */
export function managesLicenses(state: OfferState): boolean {
  return state.status !== 'none' && state.draft.offerSetup?.licenseManagement === true;
}

export function hasBeenLive(state: OfferState): boolean {
  return state.status !== 'none' && state.status !== 'unreleased';
}

/** A plan of this offer that is not deleted. */
export function knowsPlan(state: OfferState, planId: string): boolean {
  return state.status !== 'none' && state.draft.plans.some((plan) => plan.planId === planId);
}

/** A live plan that is not stopped, of an offer on sale (R66); until a stop completes, it sells as before (R36). */
export function sellsPlan(state: OfferState, planId: string): boolean {
  return (
    (state.status === 'live' || state.status === 'stopping') &&
    state.live.content.plans.some((plan) => plan.planId === planId && plan.onSale)
  );
}
