import { Flag, Instant, Nullable, OneOf, Part, Parts, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { later } from '#lib/engine/model/instants.js';
import type { Content } from '#lib/domain/offer/content.js';
import {
  pageNames,
  pagesOf,
  pageStates,
  publishingFaults,
  type Page,
  type PageState,
} from '#lib/domain/offer/publishability.js';
import type { Market } from '#lib/domain/offer/state.js';
import {
  allowedActions,
  offerActions,
  offerType,
  statusWords,
  type OfferAction,
  type StatusWord,
} from '#lib/domain/offer/status.js';
import type { Settings } from '#lib/domain/settings.js';
import { openPhase, SubmissionProgress } from './offer-progress.js';

/** What is known of an offer, apart from its pages and plans. */
export interface OfferDoc {
  readonly publisherId: string;
  readonly offer: string;
  readonly alias: string;
  readonly createdAt: string;
  readonly status: StatusWord;
  readonly market: Market;
  /** License management is on in the draft; it stays as it is from the first sign-off to go live on (R12). */
  readonly managesLicenses: boolean;
  readonly everLive: boolean;
  /** When what is live now went live. */
  readonly liveSince: string | null;
  /** When it leaves the market, in Pending stop distribution (R36). */
  readonly stopDueAt: string | null;
  /** The newest one, whatever became of it. */
  readonly submission: SubmissionProgress | null;
  readonly revision: number;
}

class OfferHead {
  @Text() offer!: string;
  @Text() publisherId!: string;
  @Text() alias!: string;
  @OneOf([offerType]) type!: typeof offerType;
  @OneOf(statusWords) status!: StatusWord;
  @Flag() managesLicenses!: boolean;
  @Flag() everLive!: boolean;
  @Nullable() @Instant() liveSince!: string | null;
  @Whole() revision!: number;
}

export class OfferSummary extends OfferHead {
  static readonly type = 'OfferSummary';
}

export class PageProgress {
  @OneOf(pageNames) page!: Page;
  @OneOf(pageStates) state!: PageState;
  @Texts({ description: 'In words, what is still to be filled in.' }) missing!: string[];
}

/** One reason why publishing would be refused now. */
export class Block {
  @Text({ example: 'PAGE_INCOMPLETE' }) code!: string;
  @Text({ example: '/listing' }) page!: string;
  @Text() detail!: string;
}

export class GoLiveWindow {
  @Instant() from!: string;
  @Instant() to!: string;
  @Flag({ description: 'The window has passed and the offer is not live yet.' }) overdue!: boolean;
}

export class OfferLinks {
  @Text({ description: 'Where customers find the listing (R9).' }) listing!: string;
}

export class OfferStatus extends OfferHead {
  static readonly type = 'OfferStatus';
  @Instant() createdAt!: string;
  @Nullable() @Part(() => SubmissionProgress) submission!: SubmissionProgress | null;
  @Nullable() @Part(() => GoLiveWindow) goLiveWindow!: GoLiveWindow | null;
  /** When it leaves the market, in Pending stop distribution (R36). */
  @Nullable() @Instant() stopDueAt!: string | null;
  @Parts(() => PageProgress) pages!: PageProgress[];
  @Parts(() => Block) blocks!: Block[];
  @Texts({ description: `Of ${offerActions.join(', ')}: those that the status allows.` })
  allowedActions!: OfferAction[];
  @Part(() => OfferLinks) links!: OfferLinks;
}

export function summaryOf(doc: OfferDoc): OfferSummary {
  const { offer, publisherId, alias, status, managesLicenses, everLive, liveSince, revision } = doc;
  return { offer, publisherId, alias, type: offerType, status, managesLicenses, everLive, liveSince, revision };
}

/** R9. */
export function listingAddress({ storefrontBase }: Pick<Settings, 'storefrontBase'>, offer: string): string {
  return `${storefrontBase}/product/dynamics-365/${offer}`;
}

export function statusOf(
  doc: OfferDoc,
  draft: Content,
  isvConnect: boolean,
  { now, settings }: { readonly now: string; readonly settings: Settings },
): OfferStatus {
  return {
    ...summaryOf(doc),
    createdAt: doc.createdAt,
    submission: doc.submission,
    goLiveWindow: windowOf(doc.submission, now, settings.goLiveWindowMs),
    stopDueAt: doc.stopDueAt,
    pages: pagesOf(draft),
    blocks: publishingFaults(draft, isvConnect, now).map(({ code, pointer, detail }) => ({
      code,
      page: pointer ?? '',
      detail,
    })),
    allowedActions: allowedActions(doc.market, openPhase(doc.submission)),
    links: { listing: listingAddress(settings, doc.offer) },
  };
}

/** From the due time until the end of the window, both counted from the sign-off. */
function windowOf(submission: SubmissionProgress | null, now: string, windowMs: number): GoLiveWindow | null {
  if (!isGoingLive(submission)) return null;
  const to = later(submission.signedOffAt, windowMs);
  return { from: submission.goLiveDueAt, to, overdue: now >= to };
}

type GoingLive = SubmissionProgress & { readonly signedOffAt: string; readonly goLiveDueAt: string };

/** The sign-off, with which this phase begins, fills in both times. */
function isGoingLive(submission: SubmissionProgress | null): submission is GoingLive {
  return submission?.phase === 'goingLive';
}
