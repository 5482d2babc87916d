import type { HttpRoute } from '#lib/engine/model/message.js';
import { Flag, Instant, Part, Text, Whole } from '#lib/engine/model/shape.js';
import { auditRoles, operationRoles } from '#lib/domain/roles.js';

/** An answer, and what decided it. */
export class ReceiptAnswer {
  @Whole() policy!: number;
  @Text({ description: 'Canonical JSON (RFC 8785).' }) answer!: string;
}

/** What a receipt says, and what this build answers to the same. */
export class ReplayedReceipt {
  static readonly type = 'ReplayedReceipt';
  @Flag({ description: 'This installation signed it, and nobody changed it since.' }) genuine!: boolean;
  @Flag({ description: 'This build gives the same answer; `policy` may be another.' }) same!: boolean;
  @Text({ description: 'What was asked: the name of the query.' }) query!: string;
  @Text({ description: 'Canonical JSON.' }) input!: string;
  @Instant() askedAt!: string;
  @Text() position!: string;
  @Part(() => ReceiptAnswer) then!: ReceiptAnswer;
  @Part(() => ReceiptAnswer) now!: ReceiptAnswer;
}

export class ReplayReceipt {
  static readonly type = 'ReplayReceipt';
  static readonly http: HttpRoute = {
    route: 'POST /receipts/replay',
    by: [...auditRoles, ...operationRoles],
    summary: 'Answer what a receipt was given for again, as of its position, and compare. Nothing is kept.',
  };
  static readonly answers = ReplayedReceipt;
  @Text({ maxLength: 60_000, description: 'As an answer had it.' }) receipt!: string;
}
