import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Instant, Nullable, Text, Texts } from '#lib/engine/model/shape.js';
import { offerRoles } from '../roles.js';

export class DistributionStopping {
  static readonly type = 'DistributionStopping';
  @Instant() dueAt!: string;
}

/** Takes a live offer off the market (R36). The way back is to publish it and go live again. */
export class StopDistribution {
  static readonly type = 'StopDistribution';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/stop-distribution',
    by: offerRoles,
    summary: 'Take a live offer off the market; until that is complete it sells as before.',
  };
  static readonly answers = DistributionStopping;
  @Text() offer!: string;
}

export class StopDistributionRequested {
  static readonly type = 'StopDistributionRequested';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  /** A preview, or a failed one, that nothing comes of any more; null: there was none. */
  @Nullable() @Text() discardedSubmissionId!: string | null;
  /** Plans of what is live, and of what is discarded. */
  @Texts() planIds!: string[];
  @Instant() dueAt!: string;
}

/** Issued by a timer when the stop is due. */
export class CompleteStopDistribution {
  static readonly type = 'CompleteStopDistribution';
  @Text() offer!: string;
}

/** Nothing new is sold from now on; licenses that were sold go on (R36). */
export class OfferDistributionStopped {
  static readonly type = 'OfferDistributionStopped';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Texts() planIds!: string[];
}

export const distributionEvents = [StopDistributionRequested, OfferDistributionStopped] as const;
export type DistributionEvent = EventOf<(typeof distributionEvents)[number]>;
