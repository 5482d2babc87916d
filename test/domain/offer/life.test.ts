import fc from 'fast-check';
import type { EventData } from '#lib/engine/model/message.js';
import { offer as decider } from '#lib/domain/offer/offer.js';
import { ChooseLicensingOptions, SaveListing } from '#lib/domain/offer/pages-messages.js';
import { CreatePlan } from '#lib/domain/offer/plans-messages.js';
import {
  automatedSteps,
  CancelPublish,
  PublishOffer,
  RecordPublishingStep,
} from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive, GoLive, RejectOffer } from '#lib/domain/offer/release-messages.js';
import type { Offer } from '#lib/domain/offer/state.js';
import { statusWord } from '#lib/domain/offer/status.js';
import { GetOfferDraft, offerDraft } from '#lib/views/offer-draft.js';
import { GetOfferStatus, offerStatus } from '#lib/views/offer-status.js';
import { asking } from '../../support/asking.js';
import { given, recorded } from '../../support/given.js';
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
] as const;
type Act = (typeof acts)[number];

function stateAfter(history: readonly EventData[]): Offer {
  const state = recorded(`offer-${offer}`, history).reduce((s, e) => decider.evolve(s, e), decider.initial());
  if (state.status === 'none') throw new Error('The offer is not there.');
  return state;
}

/** Events of an act; none for a refusal. */
function eventsOf(act: Act, history: readonly EventData[]): readonly EventData[] {
  const { submission } = stateAfter(history);
  const at = { offer, submissionId: submission?.submissionId ?? 'none' };
  const awaited = submission?.phase === 'inProgress' ? submission.awaits : 'pages';
  const step = automatedSteps.find((automated) => automated === awaited) ?? 'pages';
  const n = history.length;
  const on = given(decider, history, { streams: publisherStreams, now: '2026-03-02T12:00:00.000Z' });
  const report = [{ check: 'c', detail: 'd', whatToDo: 'w' }];
  const decided = {
    rename: () => on.when(SaveListing, { offer, ...listing, name: `Name ${n}` }),
    freeInstall: () => on.when(ChooseLicensingOptions, { offer, ...licenseManagement, freeInstall: n % 2 === 0 }),
    addPlan: () => on.when(CreatePlan, { offer, planId: `p${n}`, name: `Plan ${n}` }),
    publish: () => on.when(PublishOffer, { offer }),
    cancel: () => on.when(CancelPublish, { offer }),
    nextStep: () => on.when(RecordPublishingStep, { ...at, step }),
    certify: () => on.when(CertifyOffer, { ...at, report: [] }),
    reject: () => on.when(RejectOffer, { ...at, report }),
    goLive: () => on.when(GoLive, at),
    complete: () => given(decider, history, { now: '2026-03-03T12:00:00.000Z' }).when(CompleteGoLive, at),
  }[act]().decided;
  if (!Array.isArray(decided)) return [];
  // Every submission has an ID of its own.
  return (decided as EventData[]).map((one) =>
    one.type === 'OfferSubmitted' ? { ...one, data: { ...one.data, submissionId: `s${n}` } } : one,
  );
}

/** What an offer's views and its deciders must agree on. */
function agreed(history: readonly EventData[]): unknown[] {
  const ask = asking([offerStatus, offerDraft], recorded(`offer-${offer}`, history));
  const status = ask.one(GetOfferStatus, { offer }) as { status: string; revision: number };
  const shown = ask.one(GetOfferDraft, { offer }) as { draft: object; preview: object; live: object; revision: number };
  return [status.status, status.revision, shown.revision, shown.draft, shown.preview, shown.live];
}

function decidedOn(history: readonly EventData[]): unknown[] {
  const state = stateAfter(history);
  const { submission } = state;
  const revision = history.length - 1;
  return [
    statusWord(state.status, submission?.phase ?? null),
    revision,
    revision,
    state.draft,
    submission?.phase === 'preview' || submission?.phase === 'goingLive' ? submission.content : null,
    state.status === 'unreleased' ? null : state.live.content,
  ];
}

const validated: readonly Act[] = ['publish', 'nextStep', 'nextStep', 'nextStep', 'nextStep'];
/** A new plan has no description, which ends all publishing: it comes seldom. */
const sequences = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<Act[]>(['addPlan']) },
    { weight: 20, arbitrary: fc.constantFrom(...acts.filter((act) => act !== 'addPlan')).map((act) => [act]) },
    { weight: 10, arbitrary: fc.constant<Act[]>([...validated, 'certify', 'nextStep']) },
    { weight: 5, arbitrary: fc.constant<Act[]>([...validated, 'reject']) },
    { weight: 5, arbitrary: fc.constant<Act[]>(['goLive', 'complete']) },
  ),
  { minLength: 10, maxLength: 20 },
);

describe('any sequence of commands', () => {
  it('R18: folds to the same status, draft, preview and live content in views and decider', () => {
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
      { numRuns: 20 },
    );
    expect([...seen].sort()).toEqual(['Attention needed', 'Draft', 'Live', 'Preview', 'Publish in progress']);
  }, 30_000);
});
