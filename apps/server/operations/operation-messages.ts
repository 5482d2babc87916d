import type { HttpRoute } from '#lib/engine/model/message.js';
import { Instant, Nullable, OneOf, Part, Parts, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { operationRoles, seatRoles } from '#lib/domain/roles.js';
import { buildSteps, rebuildStatuses } from '#lib/engine/rebuilding/rebuild.js';
import { operationStatuses } from '#lib/product/operations/operation-records.js';
import { SeatRow, seatLimits } from '#lib/domain/seat-pool/messages.js';

/** `canceling`: it ends before its next part, or when nothing is left of what was built. */
const statuses = [...new Set([...operationStatuses, ...rebuildStatuses])];
const stepStatuses = [...new Set([...operationStatuses, ...buildSteps, 'canceling' as const])];

/** How much of something is done. */
export class Progress {
  @Whole() done!: number;
  @Whole() total!: number;
}

export class OperationStep extends Progress {
  @Text({ example: 'AssignSeats' }) name!: string;
  @OneOf(stepStatuses) status!: (typeof stepStatuses)[number];
}

/** A document that was built anew otherwise than the one that is read, is missing, or is there in addition. */
export class RebuildDifference {
  @Text() view!: string;
  @Text() kind!: string;
  @Text() key!: string;
  @OneOf(['missing', 'extra', 'other']) is!: 'missing' | 'extra' | 'other';
}

/** What is to be said of a rebuild beside other operations. */
export class RebuildDetails {
  @Nullable() @Whole() eventsPerSecond!: number | null;
  @Nullable() @Whole() secondsLeft!: number | null;
  @Nullable() @Instant() switchedAt!: string | null;
  @Texts({ description: 'What can be asked of it now.' }) acts!: string[];
  @Parts(() => RebuildDifference) differences!: RebuildDifference[];
}

/** Why an operation failed; what was done before stays done. */
export class OperationProblem {
  @Text() code!: string;
  @Text() detail!: string;
}

export class OperationLinks {
  @Text({ description: 'Where to ask how far it is.' }) self!: string;
}

/** Long work, as whoever asks about it sees it. */
export class Operation {
  static readonly type = 'Operation';
  @Text() id!: string;
  @Text({ description: 'What was asked for.', example: 'AssignSeats' }) command!: string;
  @OneOf(statuses) status!: (typeof statuses)[number];
  @Parts(() => OperationStep) steps!: OperationStep[];
  @Part(() => Progress) progress!: Progress;
  @Instant() startedAt!: string;
  @Nullable() @Instant() endedAt!: string | null;
  @Nullable() @Text({ description: 'Of what it appended last; send it as `after`.' }) position!: string | null;
  @Nullable() @Part(() => OperationProblem) problem!: OperationProblem | null;
  @Nullable() @Parts(() => SeatRow, { maxItems: seatLimits.rows }) rows!: SeatRow[] | null;
  @Nullable() @Part(() => RebuildDetails) rebuild!: RebuildDetails | null;
  @Part(() => OperationLinks) links!: OperationLinks;
}

export class ShowOperation {
  static readonly type = 'ShowOperation';
  static readonly http: HttpRoute = {
    route: 'GET /operations/{id}',
    by: [...seatRoles, ...operationRoles],
    summary: 'How far an operation is; its rows when it has ended. For who started it, operators and admins.',
  };
  static readonly answers = Operation;
  @Text() id!: string;
}

export class CancelOperation {
  static readonly type = 'CancelOperation';
  static readonly http: HttpRoute = {
    route: 'POST /operations/{id}/cancel',
    by: [...seatRoles, ...operationRoles],
    status: 202,
    summary:
      'A rebuild ends, and nothing of it is left; of any other operation what was done stays done, and the rows say what that is. For who started it, operators and admins.',
  };
  static readonly answers = Operation;
  @Text() id!: string;
}
