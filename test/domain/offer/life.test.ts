import fc from 'fast-check';
import type { EventData } from '#lib/engine/model/message.js';
import { CompleteStopDistribution, StopDistribution } from '#lib/domain/offer/distribution-messages.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { ChooseLicensingOptions, SaveListing } from '#lib/domain/offer/pages-messages.js';
import { CreatePlan, DeletePlan, ResumePlan, StopPlan } from '#lib/domain/offer/plans-messages.js';
import {
  automatedSteps,
  CancelPublish,
  PublishOffer,
  RecordPublishingStep,
} from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive, GoLive, RejectOffer } from '#lib/domain/offer/release-messages.js';
import { sellsPlan, type Offer } from '#lib/domain/offer/state.js';
import { statusWord, statusWords } from '#lib/domain/offer/status.js';
import { GetOfferDraft, offerDraft } from '#lib/views/offer-draft.js';
import { GetOfferStatus, offerStatus } from '#lib/views/offer-status.js';
import { licenseCounts } from '#lib/views/license-counts.js';
import { ListPlans, plans } from '#lib/views/plans.js';
import { ListListings, storefront } from '#lib/views/storefront.js';
import { asking } from '../../support/asking.js';
import { given, noon, recorded } from '../../support/given.js';
import { complete, licenseManagement, listing, offer, publisherStreams } from '../../support/offers.js';

/** Acts that move an offer on, right or wrong at their moment. */
const acts = [
  'rename',
  'freeInstall',
  'addPlan',
  'publish',
  'cancel',
  'nextStep',
  'certify',
  'reject',
  'goLive',
  'complete',
  'stopPlan',
  'resumePlan',
  'deletePlan',
  'leave',
  'left',
] as const;
type Act = (typeof acts)[number];

function stateAfter(history: readonly EventData[]): Offer {
  const state = recorded(`offer-${offer}`, history).reduce((s, e) => decider.evolve(s, e), decider.initial());
  if (state.status === 'none') throw new Error('The offer is not there.');
  return state;
}

/** Events of an act; none for a refusal. */
function eventsOf(act: Act, history: readonly EventData[]): readonly EventData[] {
  const { submission, draft } = stateAfter(history);
  const at = { offer, submissionId: submission?.submissionId ?? 'none' };
  const awaited = submission?.phase === 'inProgress' ? submission.awaits : 'pages';
  const step = automatedSteps.find((automated) => automated === awaited) ?? 'pages';
  const n = history.length;
  const on = given(decider, history, { streams: publisherStreams, now: '2026-03-02T12:00:00.000Z' });
  const report = [{ check: 'c', detail: 'd', whatToDo: 'w' }];
  // The newest plan, or one of the first ones.
  const planId = (history.length % 2 === 0 ? draft.plans.at(-1) : draft.plans[history.length % 3])?.planId ?? 'none';
  const later = given(decider, history, { now: '2026-03-03T12:00:00.000Z' });
  const decided = {
    rename: () => on.when(SaveListing, { offer, ...listing, name: `Name ${n}` }),
    freeInstall: () => on.when(ChooseLicensingOptions, { offer, ...licenseManagement, freeInstall: n % 2 === 0 }),
    addPlan: () => on.when(CreatePlan, { offer, planId: `p${n}`, name: `Plan ${n}` }),
    publish: () => on.when(PublishOffer, { offer }),
    cancel: () => on.when(CancelPublish, { offer }),
    nextStep: () => on.when(RecordPublishingStep, { ...at, step, foundOutside: null }),
    certify: () => on.when(CertifyOffer, { ...at, report: [] }),
    reject: () => on.when(RejectOffer, { ...at, report }),
    goLive: () => on.when(GoLive, at),
    complete: () => later.when(CompleteGoLive, at),
    stopPlan: () => on.when(StopPlan, { offer, planId, typedPlanId: planId }),
    resumePlan: () => on.when(ResumePlan, { offer, planId }),
    deletePlan: () => on.when(DeletePlan, { offer, planId }),
    leave: () => on.when(StopDistribution, { offer }),
    left: () => later.when(CompleteStopDistribution, { offer }),
  }[act]().decided;
  if (!Array.isArray(decided)) return [];
  // Every submission has an ID of its own.
  return (decided as EventData[]).map((one) =>
    one.type === 'OfferSubmitted' ? { ...one, data: { ...one.data, submissionId: `s${n}` } } : one,
  );
}

type Status = { status: string; revision: number; allowedActions: string[] };

/** What an offer's views and its deciders must agree on. */
function agreed(history: readonly EventData[]): unknown[] {
  const ask = asking([offerStatus, offerDraft, plans, storefront, licenseCounts], recorded(`offer-${offer}`, history));
  const status = ask.one(GetOfferStatus, { offer }) as Status;
  const shown = ask.one(GetOfferDraft, { offer }) as { draft: object; preview: object; live: object; revision: number };
  const rows = ask.list(ListPlans, { offer }) as { planId: string; status: string }[];
  const sold = rows.filter(({ status: word }) => word === 'Live').map(({ planId }) => planId);
  const onSale = (ask.list(ListListings, {}) as unknown[]).length > 0;
  return [
    status.status,
    status.revision,
    shown.revision,
    shown.draft,
    shown.preview,
    shown.live,
    rows.map(({ planId }) => planId),
    sold,
    onSale,
    status.allowedActions.includes('StopDistribution'),
  ];
}

function decidedOn(history: readonly EventData[]): unknown[] {
  const state = stateAfter(history);
  const { submission } = state;
  const revision = history.length - 1;
  const planIds = state.draft.plans.map(({ planId }) => planId).sort();
  const onSale = new Set(state.draft.plans.filter((plan) => plan.onSale).map(({ planId }) => planId));
  return [
    statusWord(state.status, submission?.phase ?? null),
    revision,
    revision,
    state.draft,
    submission?.phase === 'preview' || submission?.phase === 'goingLive' ? submission.content : null,
    state.status === 'unreleased' ? null : state.live.content,
    planIds,
    planIds.filter((id) => state.status === 'live' && sellsPlan(state, id, noon) && onSale.has(id)),
    state.status === 'live' || state.status === 'stopping',
    Array.isArray(given(decider, history).when(StopDistribution, { offer }).decided),
  ];
}

const validated: readonly Act[] = ['publish', 'nextStep', 'nextStep', 'nextStep', 'nextStep'];
/** A new plan has no description, which ends all publishing: it comes seldom. */
const sequences = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<Act[]>(['addPlan']) },
    { weight: 5, arbitrary: fc.constant<Act[]>([...validated, 'certify', 'nextStep', 'goLive', 'complete']) },
    { weight: 3, arbitrary: fc.constant<Act[]>(['leave', 'left']) },
    { weight: 20, arbitrary: fc.constantFrom(...acts.filter((act) => act !== 'addPlan')).map((act) => [act]) },
    { weight: 10, arbitrary: fc.constant<Act[]>([...validated, 'certify', 'nextStep']) },
    { weight: 5, arbitrary: fc.constant<Act[]>([...validated, 'reject']) },
    { weight: 5, arbitrary: fc.constant<Act[]>(['goLive', 'complete']) },
  ),
  { minLength: 10, maxLength: 20 },
);

/** Chance alone leaves a status out now and then. */
const throughEveryStatus: Act[][] = [
  ['rename', ...validated, 'reject'],
  [...validated, 'certify', 'nextStep', 'goLive', 'complete'],
  ['leave', 'left'],
];

describe('any sequence of commands', () => {
  it('R18: folds to the same status, plans, draft, preview and live content in views and decider', () => {
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(sequences, (sequence) => {
        let history = complete;
        for (const act of sequence.flat()) {
          history = [...history, ...eventsOf(act, history)];
          seen.add(decidedOn(history)[0]);
        }
        expect(agreed(history)).toEqual(decidedOn(history));
      }),
      { numRuns: 20, examples: [[throughEveryStatus]] },
    );
    expect([...seen].sort()).toEqual([...statusWords].sort());
  }, 30_000);
});
