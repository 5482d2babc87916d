/** The steps of a submission, in order (domain.md §6). */
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
