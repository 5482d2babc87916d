import type { Content } from '#lib/domain/offer/content.js';
import { CompleteStopDistribution, StopDistribution } from '#lib/domain/offer/distribution-messages.js';
import { CancelPublish, PublishOffer } from '#lib/domain/offer/publishing-messages.js';
import { CertifyOffer, CompleteGoLive, GoLive, RejectOffer } from '#lib/domain/offer/release-messages.js';
import { offerFor } from './offer.js';
import {
  after,
  hourMs,
  isShort,
  operator,
  publisherStaff,
  rule,
  unless,
  type Model,
  type ModelOffer,
  type Rule,
} from './model.js';

const goLiveAfterMs = 4 * hourMs;
const stopAfterMs = 4 * hourMs;

type Report = readonly { readonly check: string; readonly detail: string; readonly whatToDo: string }[];
const isReport = (report: Report, least: number): boolean =>
  report.length >= least && report.length <= 100 && report.every(({ check }) => isShort(check, 200));

/** When the signature of a package URL ends (R15); null: never. */
export function expiryOf(url: string | null | undefined): string | null {
  const expiry = url === null || url === undefined ? null : new URL(url).searchParams.get('se');
  return expiry === null ? null : new Date(expiry).toISOString();
}

function isExpired(url: string | null | undefined, now: string): boolean {
  const expiry = expiryOf(url);
  return expiry !== null && expiry <= now;
}

/** R16: pages that lack something. */
function incompletePages({ offerSetup, properties, listing, availability, ...rest }: Content): string[] {
  const { technicalConfiguration: technical, package: registered, plans } = rest;
  const manages = offerSetup?.licenseManagement === true;
  const texts = [listing?.name, listing?.summary, listing?.description];
  const urls = [listing?.privacyUrl, listing?.helpUrl, listing?.supportUrl];
  const pages: Record<string, boolean> = {
    setup: offerSetup !== null,
    properties: Boolean(properties?.category),
    listing: [...texts, ...urls].every(Boolean) && (listing?.screenshots.length ?? 0) > 0,
    availability: (availability?.markets.length ?? 0) > 0,
    technical: Boolean(technical?.baseLicenseModel && technical.packageUrl && (!manages || registered)),
    plans: !manages || plans.filter(({ onSale }) => onSale).every(({ name, description }) => name && description),
  };
  return Object.keys(pages).filter((page) => !pages[page]);
}

/** R13–R16 and R25, in this order. */
function unpublishable(model: Model, { publisherId }: ModelOffer, content: Content): (readonly [boolean, string])[] {
  const manages = content.offerSetup?.licenseManagement === true;
  const technical = content.technicalConfiguration;
  const isEnrolled = model.publishers.some((one) => one.publisherId === publisherId && one.isvConnect);
  return [
    [manages && !isEnrolled, 'ISV_CONNECT_REQUIRED'],
    [manages && technical?.baseLicenseModel === 'resource', 'LICENSE_MODEL_NOT_USER'],
    [isExpired(technical?.packageUrl, model.now), 'PACKAGE_URL_EXPIRED'],
    [incompletePages(content).length > 0, 'PAGE_INCOMPLETE'],
    [manages && !content.plans.some(({ onSale }) => onSale), 'NO_PLAN_ON_SALE'],
  ];
}

/** R35: Service IDs that are not of this offer, or plans that no component is mapped to. */
function isWronglyMapped({ key, signedOffPlanIds }: ModelOffer, content: Content): boolean {
  if (content.offerSetup?.licenseManagement !== true) return false; // Without plans, no package is looked at.
  const { components = [], planDefinitions = [] } = content.package ?? {};
  const mapped = components.flatMap(({ serviceIds }) => serviceIds);
  const own = content.plans.map(({ planId }) => `${key}.${planId}`);
  const needed = content.plans.filter(({ planId, onSale }) => onSale || signedOffPlanIds.includes(planId));
  return (
    ![...mapped, ...planDefinitions.map(({ serviceId }) => serviceId)].every((serviceId) => own.includes(serviceId)) ||
    !needed.every(({ planId }) => mapped.includes(`${key}.${planId}`))
  );
}

/** Certification is behind it. */
function hasPassed({ submission }: ModelOffer): boolean {
  return submission?.phase === 'preview' || submission?.phase === 'signedOff';
}

/** What follows from the sign-off when it is due. */
export function goneLive(offer: ModelOffer): void {
  if (!offer.submission) return;
  offer.live = { id: offer.submission.id, content: offer.submission.content };
  offer.market = 'live';
  offer.submission = null;
}

/** What follows from asking to leave the market when it is due. */
export function leftMarket(offer: ModelOffer): void {
  offer.market = 'stopped';
  offer.stopDueAt = null;
}

export const publishingRules: readonly Rule[] = [
  rule(PublishOffer, publisherStaff, (model, { offer: key }, asked) => {
    const offer = offerFor(model, key, asked);
    if (!offer) return 'NOT_FOUND';
    const phase = offer.submission?.phase;
    const isBusy = phase === 'certification' || phase === 'signedOff' || offer.market === 'stopping';
    return unless([...unpublishable(model, offer, offer.draft), [isBusy, 'OFFER_NOT_PUBLISHABLE']], () => {
      const passed = model.settings.autoCertify ? 'preview' : 'certification';
      const result = isWronglyMapped(offer, offer.draft) ? 'attention' : passed;
      offer.submission = { id: asked.id, content: offer.draft, phase: result, dueAt: null };
    });
  }),

  rule(CancelPublish, publisherStaff, (model, { offer: key }, asked) => {
    const offer = offerFor(model, key, asked);
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [offer?.submission?.phase !== 'certification', 'NOTHING_TO_CANCEL'], // R32
      ],
      () => offer && (offer.submission = null),
    );
  }),

  ...[
    { command: CertifyOffer, phase: 'preview', least: 0, isDecided: hasPassed } as const,
    { command: RejectOffer, phase: 'attention', least: 1, isDecided: () => false } as const,
  ].map(({ command, phase, least, isDecided }) =>
    rule(command, operator, (model, { offer: key, submissionId, report }, asked) => {
      const offer = offerFor(model, key, asked);
      const isCurrent = offer?.submission?.id === submissionId;
      if (isCurrent && isDecided(offer)) return 'done'; // The same decision again changes nothing.
      return unless(
        [
          [!offer, 'NOT_FOUND'],
          [!isReport(report, least), 'REPORT_INVALID'], // R33
          [isCurrent && offer.submission?.phase !== 'certification', 'NOT_IN_CERTIFICATION'], // R38
          [!isCurrent, 'SUBMISSION_NOT_CURRENT'], // R40
        ],
        () => offer?.submission && (offer.submission.phase = phase),
      );
    }),
  ),

  rule(GoLive, publisherStaff, (model, { offer: key, submissionId }, asked) => {
    const offer = offerFor(model, key, asked);
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [offer?.submission?.phase !== 'preview', 'OFFER_NOT_IN_PREVIEW'], // R31
        [offer?.submission?.id !== submissionId, 'SUBMISSION_NOT_CURRENT'], // R40
      ],
      () => {
        if (!offer?.submission) return;
        offer.submission.phase = 'signedOff';
        offer.submission.dueAt = after(model.now, goLiveAfterMs);
        offer.everSignedOff = true;
        offer.signedOffPlanIds.push(...offer.submission.content.plans.map(({ planId }) => planId));
      },
    );
  }),

  rule(CompleteGoLive, [], (model, { offer: key, submissionId }, asked) => {
    const offer = offerFor(model, key, asked);
    if (offer?.live?.id === submissionId) return 'done';
    const isCurrent = offer?.submission?.id === submissionId;
    const dueAt = offer?.submission?.dueAt ?? null;
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [isCurrent && (dueAt === null || model.now < dueAt), 'STEP_NOT_DUE'], // R40
        [!isCurrent, 'SUBMISSION_NOT_CURRENT'],
      ],
      () => offer && goneLive(offer),
    );
  }),

  rule(StopDistribution, publisherStaff, (model, { offer: key }, asked) => {
    const offer = offerFor(model, key, asked);
    const phase = offer?.submission?.phase;
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [phase === 'certification' || phase === 'signedOff', 'OFFER_IN_PUBLISHING'], // R36
        [offer?.market !== 'live', 'OFFER_NOT_LIVE'],
      ],
      () => {
        if (!offer) return;
        offer.submission = null;
        offer.market = 'stopping';
        offer.stopDueAt = after(model.now, stopAfterMs);
      },
    );
  }),

  rule(CompleteStopDistribution, [], (model, { offer: key }, asked) => {
    const offer = offerFor(model, key, asked);
    const dueAt = offer?.stopDueAt ?? null;
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [dueAt !== null && model.now < dueAt, 'STEP_NOT_DUE'],
      ],
      () => offer && dueAt !== null && leftMarket(offer),
    );
  }),
];
