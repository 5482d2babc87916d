import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Instant, Nullable, OneOf, Parts, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { offerRoles } from '../roles.js';

/** The steps of a submission, in order. */
export const publishingSteps = [
  'pages',
  'package',
  'serviceIds',
  'packageUrl',
  'certification',
  'createPreview',
  'signOff',
  'goLive',
] as const;
export type PublishingStep = (typeof publishingSteps)[number];

/** Those that the marketplace carries out by itself: automated validation, then the preview. */
export const automatedSteps = ['pages', 'package', 'serviceIds', 'packageUrl', 'createPreview'] as const;
export type AutomatedStep = (typeof automatedSteps)[number];

/** Those that end in `PublishingStepPassed`; the others end in an event of their own. */
export const passedSteps = ['pages', 'package', 'serviceIds', 'packageUrl', 'certification'] as const;
export type PassedStep = (typeof passedSteps)[number];

/** Those on the way to the preview: a submission in progress waits for one of them. */
export type StepInProgress = PassedStep | 'createPreview';

const following: Readonly<Record<PassedStep, StepInProgress>> = {
  pages: 'package',
  package: 'serviceIds',
  serviceIds: 'packageUrl',
  packageUrl: 'certification',
  certification: 'createPreview',
};

export function stepAfter(step: PassedStep): StepInProgress {
  return following[step];
}

export function isBefore(step: PublishingStep, other: PublishingStep): boolean {
  return publishingSteps.indexOf(step) < publishingSteps.indexOf(other);
}

/** One line of a step's report: which check, what it found, how to go on. */
export class ReportEntry {
  @Text({ example: 'Certification policy 1140.3' }) check!: string;
  @Text({ example: 'The app does not start without a network.' }) detail!: string;
  @Text({ example: 'Show a message instead of an empty page, then publish again.' }) whatToDo!: string;
}

/** Something that will need the publisher soon; nothing is refused for it. */
export class Warning {
  @Text({ example: 'PACKAGE_URL_EXPIRES_SOON' }) code!: string;
  @Text() detail!: string;
}

export class Submitted {
  static readonly type = 'Submitted';
  @Text() submissionId!: string;
  @Parts(() => Warning) warnings!: Warning[];
}

/** Review and publish: freezes the draft as a submission (R18). */
export class PublishOffer {
  static readonly type = 'PublishOffer';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/publish',
    by: offerRoles,
    revision: 'required',
    summary: 'Submit the draft for publishing; refused with the list of all that is missing.',
  };
  static readonly answers = Submitted;
  @Text() offer!: string;
}

/** What was submitted is named, not copied: the draft at that revision (R18). */
export class OfferSubmitted {
  static readonly type = 'OfferSubmitted';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
  @Whole() draftRevision!: number;
  /** All plans of the draft, those not on sale included. */
  @Texts() planIds!: string[];
  /** When the package URL's signature ends; the answer's warning follows from it (R15). Null: never. */
  @Nullable() @Instant() packageUrlExpiresAt!: string | null;
}

export class CancelPublish {
  static readonly type = 'CancelPublish';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/cancel',
    by: offerRoles,
    summary: 'Cancel publishing, before the sign-off to go live.',
  };
  @Text() offer!: string;
}

export class PublishCanceled {
  static readonly type = 'PublishCanceled';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
}

/** Carries out one automated step; the decision judges it, so that a late or repeated command decides rightly. */
export class RecordPublishingStep {
  static readonly type = 'RecordPublishingStep';
  @Text() offer!: string;
  @Text() submissionId!: string;
  @OneOf(automatedSteps) step!: AutomatedStep;
  /** What asking outside found wrong, in a sentence; null: nothing, or this step does not ask there. */
  @Nullable() @Text() foundOutside!: string | null;
}

export class PublishingStepPassed {
  static readonly type = 'PublishingStepPassed';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
  @OneOf(passedSteps) step!: PassedStep;
  @Parts(() => ReportEntry) report!: ReportEntry[];
}

/** A step failed or was rejected: one event with its report (R33). */
export class OfferNeedsAttention {
  static readonly type = 'OfferNeedsAttention';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
  @OneOf(passedSteps) step!: PassedStep;
  @Parts(() => ReportEntry) report!: ReportEntry[];
}

export class OfferPreviewCreated {
  static readonly type = 'OfferPreviewCreated';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
  @Texts() planIds!: string[];
}

export const publishingEvents = [
  OfferSubmitted,
  PublishCanceled,
  PublishingStepPassed,
  OfferNeedsAttention,
  OfferPreviewCreated,
] as const;
export type PublishingEvent = EventOf<(typeof publishingEvents)[number]>;
