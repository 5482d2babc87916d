import { event, type EventData } from '#lib/engine/model/message.js';
import { serviceId } from '#lib/domain/ids.js';
import type { LicensingOptions, Listing, SolutionPackage, TechnicalConfiguration } from '#lib/domain/offer/content.js';
import { OfferDistributionStopped, StopDistributionRequested } from '#lib/domain/offer/distribution-messages.js';
import { OfferCreated } from '#lib/domain/offer/offer-messages.js';
import {
  AvailabilitySaved,
  LicensingOptionsChosen,
  ListingSaved,
  PackageRegistered,
  PropertiesSaved,
  TechnicalConfigurationSaved,
} from '#lib/domain/offer/pages-messages.js';
import {
  PlanCreated,
  PlanDeleted,
  PlanListingSaved,
  PlanResumed,
  PlanStopRequested,
} from '#lib/domain/offer/plans-messages.js';
import {
  OfferNeedsAttention,
  OfferPreviewCreated,
  OfferSubmitted,
  passedSteps,
  PublishCanceled,
  PublishingStepPassed,
  type PassedStep,
} from '#lib/domain/offer/publishing-messages.js';
import { GoLiveSignedOff, OfferWentLive } from '#lib/domain/offer/release-messages.js';
import { IsvConnectEnrolled, PublisherEnrolled } from '#lib/domain/publisher/messages.js';

/** The publisher and the offer of the examples. */
export const offer = 'fabrikam.f365';
const named = { publisherId: 'fabrikam', offer };

export const enrolled = event(PublisherEnrolled, { publisherId: 'fabrikam', name: 'Fabrikam, Inc.' });
export const inIsvConnect = event(IsvConnectEnrolled, { publisherId: 'fabrikam' });
/** What the offer's decisions ask of other streams. */
export const publisherStreams = { 'publisher-fabrikam': [enrolled, inIsvConnect] };

export const created = event(OfferCreated, { ...named, offerId: 'f365', alias: 'Project Blue' });

export const licenseManagement: LicensingOptions = {
  licenseManagement: true,
  freeInstall: false,
  listingOption: null,
  trialMonths: null,
};
export const listing: Listing = {
  name: 'Fabrikam 365',
  summary: 'Sales for small teams',
  description: '<p>Sales for <b>small</b> teams.</p>',
  keywords: ['sales'],
  privacyUrl: 'https://fabrikam.example/privacy',
  helpUrl: 'https://fabrikam.example/help',
  supportUrl: 'https://fabrikam.example/support',
  screenshots: ['https://fabrikam.example/1.png'],
  videos: [],
};
export const technicalConfiguration: TechnicalConfiguration = {
  baseLicenseModel: 'user',
  packageUrl: 'https://fabrikam.example/f365.zip?sv=1&se=2027-03-01T12%3A00%3A00Z&sig=abc',
};
/** GoldApp ← gold; SilverApp ← gold, silver; BronzeApp ← all three. */
export const solutionPackage: SolutionPackage = {
  planDefinitions: ['gold', 'silver', 'bronze'].map((planId) => ({
    serviceId: serviceId(offer, planId),
    displayName: planId,
    moreInfoUrl: null,
  })),
  components: [
    { name: 'GoldApp', serviceIds: ['gold'] },
    { name: 'SilverApp', serviceIds: ['gold', 'silver'] },
    { name: 'BronzeApp', serviceIds: ['gold', 'silver', 'bronze'] },
  ].map(({ name, serviceIds }) => ({ name, serviceIds: serviceIds.map((planId) => serviceId(offer, planId)) })),
};

export const chosen = (options: LicensingOptions) => event(LicensingOptionsChosen, { ...named, ...options });
export const listed = (page: Listing) => event(ListingSaved, { ...named, ...page });
export const configured = (page: TechnicalConfiguration) => event(TechnicalConfigurationSaved, { ...named, ...page });
export const registered = (page: SolutionPackage) => event(PackageRegistered, { ...named, ...page });
export const categorized = event(PropertiesSaved, { ...named, category: 'Sales' });
export const available = event(AvailabilitySaved, { ...named, markets: ['SE', 'US'] });

export const plan = (planId: string, name = planId) =>
  event(PlanCreated, { ...named, planId, serviceId: serviceId(offer, planId), name });
export const described = (planId: string, description: string | null = `The ${planId} plan`, name = planId) =>
  event(PlanListingSaved, { ...named, planId, serviceId: serviceId(offer, planId), name, description });

const planNamed = (planId: string) => ({ ...named, planId, serviceId: serviceId(offer, planId) });
export const deleted = (planId: string) => event(PlanDeleted, planNamed(planId));
export const stopAsked = (planId: string) => event(PlanStopRequested, planNamed(planId));
export const resumed = (planId: string) => event(PlanResumed, planNamed(planId));

/** Every page but the plans. */
export const pages: readonly EventData[] = [
  created,
  chosen(licenseManagement),
  categorized,
  listed(listing),
  available,
  configured(technicalConfiguration),
  registered(solutionPackage),
];
export const planIds = ['gold', 'silver', 'bronze'];
/** A draft that can be published. */
export const complete: readonly EventData[] = [
  ...pages,
  ...planIds.flatMap((planId) => [plan(planId), described(planId)]),
];

export const submitted = (submissionId: string, ids = planIds) =>
  event(OfferSubmitted, {
    ...named,
    submissionId,
    draftRevision: complete.length - 1,
    planIds: ids,
    packageUrlExpiresAt: '2027-03-01T12:00:00.000Z',
  });
export const passed = (submissionId: string, step: PassedStep) =>
  event(PublishingStepPassed, { ...named, submissionId, step, report: [] });
export const needsAttention = (submissionId: string, step: PassedStep = 'certification') =>
  event(OfferNeedsAttention, {
    ...named,
    submissionId,
    step,
    report: [{ check: 'Policy 1140', detail: 'It does not start.', whatToDo: 'Mend it.' }],
  });
export const canceled = (submissionId: string) => event(PublishCanceled, { ...named, submissionId });
export const previewed = (submissionId: string, ids = planIds) =>
  event(OfferPreviewCreated, { ...named, submissionId, planIds: ids });
export const signedOff = (submissionId: string, dueAt = '2026-03-01T16:00:00.000Z') =>
  event(GoLiveSignedOff, { ...named, submissionId, dueAt });
export const wentLive = (submissionId: string, ids = planIds) =>
  event(OfferWentLive, { ...named, submissionId, planIds: ids });

export const leaving = (
  discardedSubmissionId: string | null = null,
  dueAt = '2026-03-01T16:00:00.000Z',
  ids = planIds,
) => event(StopDistributionRequested, { ...named, discardedSubmissionId, planIds: ids, dueAt });
export const left = (ids = planIds) => event(OfferDistributionStopped, { ...named, planIds: ids });

/** A submission up to waiting for a step. */
export const until = (submissionId: string, step: PassedStep | 'createPreview'): readonly EventData[] => [
  submitted(submissionId),
  ...passedSteps
    .slice(0, step === 'createPreview' ? passedSteps.length : passedSteps.indexOf(step))
    .map((before) => passed(submissionId, before)),
];
export const inPreview = (submissionId: string, ids = planIds): readonly EventData[] => [
  ...until(submissionId, 'createPreview'),
  previewed(submissionId, ids),
];
export const goneLive = (submissionId: string): readonly EventData[] => [
  ...inPreview(submissionId),
  signedOff(submissionId),
  wentLive(submissionId),
];
/** An offer with its three plans, live. */
export const live: readonly EventData[] = [...complete, ...goneLive('s1')];
