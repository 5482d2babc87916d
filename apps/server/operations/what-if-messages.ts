import type { HttpRoute } from '#lib/engine/model/message.js';
import {
  AnyFields,
  Default,
  Instant,
  Nullable,
  OneOf,
  Part,
  Parts,
  TenantGuid,
  Text,
  Whole,
} from '#lib/engine/model/shape.js';
import { auditRoles, operationRoles, roles, type Role } from '#lib/domain/roles.js';
import { shrinkPolicies, type ShrinkPolicy } from '#lib/domain/seat-pool/messages.js';
import { usageRightCodes, type UsageRightCode } from '#lib/domain/usage-right.js';
import { LicenseCount } from '#lib/views/license-counts.js';

/** Rows of one kind that an answer holds; more than these are too wide. */
export const mostRows = 10_000;
const days = { from: 0, to: 9_999 } as const;

/** A command that somebody might send. */
export class SupposedCommand {
  @Text({ example: 'UpdateLicenses' }) command!: string;
  @AnyFields({ description: "The command's own fields, all of them." }) input!: object;
  @OneOf(roles) role!: Role;
  @Default(null)
  @Nullable()
  @Text({ description: "Whose key it is, for a publisher's role; a customer's is that of the customer in question." })
  publisherId!: string | null;
}

export class RefusedCommand {
  /** Its place in the list, from 0. */
  @Whole() index!: number;
  @Text() code!: string;
}

export class ChangedCount {
  @Text() serviceId!: string;
  @Nullable() @Part(() => LicenseCount) before!: LicenseCount | null;
  @Nullable() @Part(() => LicenseCount) after!: LicenseCount | null;
}

export class ChangedSeat {
  @Text() serviceId!: string;
  @Text() personId!: string;
  @OneOf(['gained', 'lost']) is!: 'gained' | 'lost';
}

export class ChangedRight {
  @Text() serviceId!: string;
  @Text() personId!: string;
  @OneOf(usageRightCodes) before!: UsageRightCode;
  @OneOf(usageRightCodes) after!: UsageRightCode;
}

/** What would differ for the customer, between how it goes on by itself (`before`) and as was supposed (`after`). */
export class WhatIfAnswer {
  static readonly type = 'WhatIfAnswer';
  @Text({ description: 'Where the log ended at the beginning.' }) position!: string;
  @Instant() from!: string;
  @Instant() until!: string;
  @Parts(() => ChangedCount, { maxItems: mostRows }) counts!: ChangedCount[];
  @Parts(() => ChangedSeat, { maxItems: mostRows }) seats!: ChangedSeat[];
  @Parts(() => ChangedRight, { maxItems: mostRows }) rights!: ChangedRight[];
  @Parts(() => RefusedCommand) refused!: RefusedCommand[];
}

export class AskWhatIf {
  static readonly type = 'AskWhatIf';
  static readonly http: HttpRoute = {
    route: 'POST /what-if',
    by: [...auditRoles, ...operationRoles],
    summary: 'What other settings, or further commands, would come to for one customer. Nothing is written.',
  };
  static readonly answers = WhatIfAnswer;
  @TenantGuid() tenantId!: string;
  @Default('now')
  @Text({ description: 'When it begins: an instant (RFC 3339), a position, or now.', example: '2026-03-01T12:00:00Z' })
  asOf!: string;
  @Default(null)
  @Nullable()
  @Text({ description: 'How far time goes on (RFC 3339); null: until nothing is due any more.' })
  until!: string | null;
  @Default(null) @Nullable() @Whole(days) graceDays!: number | null;
  /** Until a license conflict is due. */
  @Default(null) @Nullable() @Whole(days) conflictDays!: number | null;
  /** Of all the customer's pools, from the beginning. */
  @Default(null) @Nullable() @OneOf(shrinkPolicies) shrinkPolicy!: ShrinkPolicy | null;
  @Default([]) @Parts(() => SupposedCommand, { maxItems: 100 }) commands!: SupposedCommand[];
}
