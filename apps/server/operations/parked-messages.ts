import type { HttpRoute } from '#lib/engine/model/message.js';
import { Instant, Nullable, Part, Text, Whole } from '#lib/engine/model/shape.js';
import { operationRoles } from '#lib/domain/roles.js';
import { Who } from '#lib/views/seats.js';
import { Operation } from './operation-messages.js';

const address = { description: '`stream@revision` of an event.' } as const;

/** The event that a document waits behind. */
export class FailedEvent {
  static readonly type = 'FailedEvent';
  @Text() position!: string;
  @Text() stream!: string;
  @Whole() revision!: number;
  @Text() type!: string;
  @Instant() recordedAt!: string;
  @Text({ description: 'JSON of what it says.' }) data!: string;
}

/** A document that waits behind an event which could not be folded. */
export class WaitingDocument {
  static readonly type = 'WaitingDocument';
  @Text({ description: '`$stream`: all documents of the stream that is the key, which could not be told.' })
  kind!: string;
  @Text() key!: string;
  @Text({ description: '`stream@revision` of the event that it waits behind.' }) event!: string;
  @Text() error!: string;
  @Instant() since!: string;
  @Whole() waiting!: number;
  @Nullable() @Part(() => FailedEvent) details!: FailedEvent | null;
}

export class ListParkedDocuments {
  static readonly type = 'ListParkedDocuments';
  static readonly http: HttpRoute = {
    route: 'GET /projections/{view}/parked',
    by: operationRoles,
    summary: 'Documents of a view that wait, with the events which could not be folded (R93).',
  };
  static readonly answers = WaitingDocument;
  @Text() view!: string;
}

/** What was asked to be folded again. */
export class ParkedRetry {
  static readonly type = 'ParkedRetry';
  @Text() view!: string;
  @Whole() documents!: number;
}

export class RetryParked {
  static readonly type = 'RetryParked';
  static readonly http: HttpRoute = {
    route: 'POST /projections/{view}/parked/retry',
    by: operationRoles,
    status: 202,
    summary: 'Fold again all that waits in a view, in order: what fails again waits on (R93).',
  };
  static readonly answers = ParkedRetry;
  @Text() view!: string;
}

/** An event that a view leaves out. */
export class SkippedEvent {
  static readonly type = 'SkippedEvent';
  @Text() view!: string;
  @Text(address) event!: string;
  @Text() reason!: string;
  @Part(() => Who) by!: Who;
  @Instant() at!: string;
}

export class SkipEvent {
  static readonly type = 'SkipEvent';
  static readonly http: HttpRoute = {
    route: 'POST /projections/{view}/skips',
    by: operationRoles,
    status: 202,
    summary: 'A view leaves out an event that it cannot fold, and folds what waits behind it (R93).',
  };
  static readonly answers = SkippedEvent;
  @Text() view!: string;
  @Text(address) event!: string;
  @Text({ description: '1 to 1000 characters.' }) reason!: string;
}

export class ListSkippedEvents {
  static readonly type = 'ListSkippedEvents';
  static readonly http: HttpRoute = {
    route: 'GET /projections/{view}/skips',
    by: operationRoles,
    summary: 'Events that a view leaves out: since when, by whom and why.',
  };
  static readonly answers = SkippedEvent;
  @Text() view!: string;
}

export class WithdrawSkip {
  static readonly type = 'WithdrawSkip';
  static readonly http: HttpRoute = {
    route: 'POST /projections/{view}/skips/withdraw',
    by: operationRoles,
    status: 202,
    summary: 'An event counts again: the view is built anew with it, and reads move to that (R93).',
  };
  static readonly answers = Operation;
  @Text() view!: string;
  @Text(address) event!: string;
}
