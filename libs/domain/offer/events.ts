import type { EventOf } from '#lib/engine/model/message.js';
import { OfferCreated } from './offer-messages.js';
import {
  AvailabilitySaved,
  LicensingOptionsChosen,
  ListingSaved,
  PackageRegistered,
  PropertiesSaved,
  TechnicalConfigurationSaved,
} from './pages-messages.js';
import { PlanCreated, PlanListingSaved } from './plans-messages.js';
import {
  OfferNeedsAttention,
  OfferPreviewCreated,
  OfferSubmitted,
  PublishCanceled,
  PublishingStepPassed,
} from './publishing-messages.js';
import { GoLiveSignedOff, OfferWentLive } from './release-messages.js';

/** Events that change the draft. */
export const draftEvents = [
  LicensingOptionsChosen,
  PropertiesSaved,
  ListingSaved,
  AvailabilitySaved,
  TechnicalConfigurationSaved,
  PackageRegistered,
  PlanCreated,
  PlanListingSaved,
] as const;
export type DraftEvent = EventOf<(typeof draftEvents)[number]>;

/** Events that move a submission. */
export const publishingEvents = [
  OfferSubmitted,
  PublishCanceled,
  PublishingStepPassed,
  OfferNeedsAttention,
  OfferPreviewCreated,
  GoLiveSignedOff,
  OfferWentLive,
] as const;
export type PublishingEvent = EventOf<(typeof publishingEvents)[number]>;

export const offerEvents = [OfferCreated, ...draftEvents, ...publishingEvents] as const;
export type OfferEvent = EventOf<(typeof offerEvents)[number]>;
