import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Instant, Parts, Text, Texts } from '#lib/engine/model/shape.js';
import { marketplaceRoles, offerRoles } from '../roles.js';
import { ReportEntry } from './publishing-messages.js';

/** The marketplace's decision that a submission may be shown (R38). */
export class CertifyOffer {
  static readonly type = 'CertifyOffer';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/certify',
    by: marketplaceRoles,
    summary: 'Pass the certification of a submission; remarks are optional.',
  };
  @Text() offer!: string;
  @Text() submissionId!: string;
  @Parts(() => ReportEntry) report!: ReportEntry[];
}

export class RejectOffer {
  static readonly type = 'RejectOffer';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/reject',
    by: marketplaceRoles,
    summary: 'Fail the certification of a submission, saying what to do.',
  };
  @Text() offer!: string;
  @Text() submissionId!: string;
  @Parts(() => ReportEntry) report!: ReportEntry[];
}

export class SignedOff {
  static readonly type = 'SignedOff';
  @Instant() dueAt!: string;
}

/** The publisher signs the preview off. */
export class GoLive {
  static readonly type = 'GoLive';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/go-live',
    by: offerRoles,
    revision: 'required',
    summary: 'Sign the preview off; it goes live within the go-live window.',
  };
  static readonly answers = SignedOff;
  @Text() offer!: string;
  @Text() submissionId!: string;
}

export class GoLiveSignedOff {
  static readonly type = 'GoLiveSignedOff';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
  @Instant() dueAt!: string;
}

/** Issued by a timer when the go-live is due. */
export class CompleteGoLive {
  static readonly type = 'CompleteGoLive';
  @Text() offer!: string;
  @Text() submissionId!: string;
}

/** What was frozen by the submission is what customers see from now on (R18). */
export class OfferWentLive {
  static readonly type = 'OfferWentLive';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() submissionId!: string;
  @Texts() planIds!: string[];
}

export const releaseEvents = [GoLiveSignedOff, OfferWentLive] as const;
export type ReleaseEvent = EventOf<(typeof releaseEvents)[number]>;
