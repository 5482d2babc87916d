import type { HttpRoute } from '#lib/engine/model/message.js';
import { Flag, Instant, Nullable, Part, Parts, Text, Whole } from '#lib/engine/model/shape.js';
import { operationRoles } from '#lib/domain/roles.js';

/** A document that waits behind an event which could not be folded. */
export class ParkedDocument {
  static readonly type = 'ParkedDocument';
  @Text() kind!: string;
  @Text() key!: string;
  @Text({ description: '`stream@revision` of the event that failed.' }) event!: string;
  @Text() error!: string;
  @Instant() since!: string;
  @Whole() waiting!: number;
}

/** What came of it when a view was last folded anew and compared. */
export class VerifiedView {
  static readonly type = 'VerifiedView';
  @Instant() at!: string;
  @Text({ description: 'ID of the operation.' }) operation!: string;
  @Flag() isEqual!: boolean;
  @Whole() differences!: number;
}

/** One view as its owner left it with its last commit. */
export class ProjectionStatus {
  static readonly type = 'ProjectionStatus';
  @Text({ example: 'offer-status' }) view!: string;
  @Whole() version!: number;
  @Nullable() @Text({ description: 'Null: nothing is folded yet.' }) position!: string | null;
  @Whole() documents!: number;
  @Text({ description: 'Order-independent digest of all documents that are not parked.' }) digest!: string;
  @Whole() applied!: number;
  @Whole() lagEvents!: number;
  @Flag({ description: 'Counting stopped here; the lag is larger.' }) lagIsAtLeast!: boolean;
  @Whole() lagSeconds!: number;
  @Parts(() => ParkedDocument) parked!: ParkedDocument[];
  @Nullable() @Part(() => VerifiedView) verified!: VerifiedView | null;
  @Nullable() @Text({ description: 'ID of the operation that builds it anew; null: none does.' }) rebuild!:
    string | null;
}

export class ShowProjections {
  static readonly type = 'ShowProjections';
  static readonly http: HttpRoute = {
    route: 'GET /projections',
    by: operationRoles,
    summary: 'Every view: position, lag, digest, and documents that are parked.',
  };
  static readonly answers = ProjectionStatus;
}
