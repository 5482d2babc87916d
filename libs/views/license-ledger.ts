import { addressOf, sortableAddress, type Recorded } from '#lib/engine/model/envelope.js';
import type { HttpRoute } from '#lib/engine/model/message.js';
import type { DocKey, Docs } from '#lib/engine/model/projection.js';
import type { Find, View } from '#lib/engine/model/query.js';
import { Instant, Nullable, OneOf, Part, Text, Whole } from '#lib/engine/model/shape.js';
import type { DomainEvent } from '#lib/domain/events.js';
import { planNamedBy } from '#lib/domain/ids.js';
import { auditRoles } from '#lib/domain/roles.js';
import { shrinkPolicies, type ShrinkPolicy } from '#lib/domain/seat-pool/messages.js';
import { poolKey } from './license-counts.js';
import { Who } from './seats.js';
import { answer, projection } from './view.js';

/** Every event about licenses and seats. */
const entered = [
  'LicensesActivated',
  'LicenseCountChanged',
  'LicensesDeactivated',
  'SeatPoolResized',
  'SeatAssigned',
  'SeatUnassigned',
  'LicenseConflictDetected',
  'LicenseConflictOverdue',
  'LicenseConflictResolved',
  'ShrinkPolicySet',
  'SeatPoolDeactivated',
  'SeatPoolGraceEnded',
] as const;
type Entered = Extract<DomainEvent, { type: (typeof entered)[number] }>;

/** One event about licenses or seats, with what the customer had of the plan after it. Person IDs only, no names (R95). */
export class LedgerEntry {
  static readonly type = 'LedgerEntry';
  /** `stream@revision`, good for ever. */
  @Text() reference!: string;
  @OneOf(entered) event!: string;
  @Instant() recordedAt!: string;
  @Instant() occurredAt!: string;
  @Part(() => Who) who!: Who;
  /** Publisher or tenant of whoever acted; null: the installation or the system. */
  @Nullable() @Text() onBehalfOf!: string | null;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() tenantId!: string;
  @Text() serviceId!: string;
  @Text() planId!: string;
  @Nullable() @Text() dealId!: string | null;
  @Nullable() @Text() personId!: string | null;
  /** Licenses before and after: of the deal's line in a deal's event, of the pool in `SeatPoolResized` (R91). */
  @Nullable() @Whole() from!: number | null;
  @Nullable() @Whole() to!: number | null;
  @Nullable() @Text() reason!: string | null;
  /** Whose seats are to go when a license conflict is overdue, where that was set (R73). */
  @Nullable() @OneOf(shrinkPolicies) policy!: ShrinkPolicy | null;
  /** When the license conflict or the grace that began is due; null: none began. */
  @Nullable() @Instant() dueAt!: string | null;
  /** Sum of the active lines of all deals after the event (R75). The pool takes a deal's change up moments later. */
  @Whole() licenses!: number;
  /** Seats in use after the event. */
  @Whole() seats!: number;
  @Text() commandId!: string;
  @Text() correlationId!: string;
  @Text() causationId!: string;
}

/** Running totals of a pool. */
interface Totals {
  readonly licenses: number;
  readonly seatsHeld: number;
  /** The pool itself has licenses: its seats are in use, not only kept (R74). */
  readonly active: boolean;
}

/** What is stored of an entry: nothing that the rest of it tells, and no nulls. There is one for every event. */
export type EntryDoc = Omit<LedgerEntry, keyof Particulars | keyof Circumstances | 'offer' | 'planId'> &
  Partial<Particulars> &
  Partial<Circumstances>;

interface Kinds {
  /** By stream and revision, padded so that keys of a stream sort in order. */
  entry: EntryDoc;
  /** By tenant and Service ID. */
  totals: Totals;
}

const entryKey = ({ stream, revision }: Recorded): string => sortableAddress(stream, revision);
const keysOf = (event: Recorded<Entered>): readonly DocKey<keyof Kinds>[] => [
  ['entry', entryKey(event)],
  ['totals', poolKey(event.data)],
];

export const licenseLedgerProjection = projection<Kinds>({
  name: 'license-ledger',
  version: 2,
  kinds: {
    entry: {
      writtenOnce: true,
      fields: {
        recordedAt: 'text',
        event: 'text',
        publisherId: 'text',
        tenantId: 'text',
        serviceId: 'text',
        dealId: 'text',
        personId: 'text',
      },
      indexes: [
        ['recordedAt'],
        ['publisherId', 'recordedAt'],
        ['tenantId', 'recordedAt'],
        ['dealId', 'recordedAt'],
        ['personId', 'recordedAt'],
      ],
    },
    totals: {},
  },
  on: {
    LicensesActivated: keysOf,
    LicenseCountChanged: keysOf,
    LicensesDeactivated: keysOf,
    SeatPoolResized: keysOf,
    SeatAssigned: keysOf,
    SeatUnassigned: keysOf,
    LicenseConflictDetected: keysOf,
    LicenseConflictOverdue: keysOf,
    LicenseConflictResolved: keysOf,
    ShrinkPolicySet: keysOf,
    SeatPoolDeactivated: keysOf,
    SeatPoolGraceEnded: keysOf,
  },
  fold(event, docs) {
    if (isEntered(event)) enter(event, docs);
  },
});

function isEntered(event: Recorded<DomainEvent>): event is Recorded<Entered> {
  return entered.some((type) => type === event.type);
}

function enter(event: Recorded<Entered>, docs: Docs<Kinds>): void {
  const { publisherId, tenantId, serviceId } = event.data;
  const key = poolKey(event.data);
  const before = docs.get('totals', key) ?? { licenses: 0, seatsHeld: 0, active: false };
  const totals = { ...before, ...changeOf(before, event) };
  docs.put('totals', key, totals);
  docs.put('entry', entryKey(event), {
    reference: addressOf(event),
    event: event.type,
    publisherId,
    tenantId,
    serviceId,
    licenses: totals.licenses,
    seats: totals.active ? totals.seatsHeld : 0,
    ...particularsOf(event),
    ...circumstancesOf(event),
  });
}

function changeOf({ licenses, seatsHeld }: Totals, { type, data }: Entered): Partial<Totals> {
  switch (type) {
    case 'LicensesActivated':
      return { licenses: licenses + data.count };
    case 'LicenseCountChanged':
      return { licenses: licenses + data.to - data.from };
    case 'LicensesDeactivated':
      return { licenses: licenses - data.from };
    case 'SeatPoolResized':
      return { active: data.to > 0 };
    case 'SeatAssigned':
      return { seatsHeld: seatsHeld + 1 };
    case 'SeatUnassigned':
      return { seatsHeld: seatsHeld - 1 };
    default:
      return {};
  }
}

type Particulars = Pick<LedgerEntry, 'dealId' | 'personId' | 'from' | 'to' | 'reason' | 'policy' | 'dueAt'>;
const noParticulars: Particulars = {
  dealId: null,
  personId: null,
  from: null,
  to: null,
  reason: null,
  policy: null,
  dueAt: null,
};

function particularsOf({ type, data }: Entered): Partial<Particulars> {
  switch (type) {
    case 'LicensesActivated':
      return { dealId: data.dealId, from: 0, to: data.count };
    case 'LicenseCountChanged':
    case 'SeatPoolResized':
      return { dealId: data.dealId, from: data.from, to: data.to };
    case 'LicensesDeactivated':
      return { dealId: data.dealId, from: data.from, to: 0 };
    case 'SeatAssigned':
      return { personId: data.personId };
    case 'SeatUnassigned':
      return { personId: data.personId, reason: data.reason };
    case 'LicenseConflictDetected':
      return { dueAt: data.dueAt };
    case 'LicenseConflictResolved':
      return { reason: data.reason };
    case 'SeatPoolDeactivated':
      return data.graceEndsAt === null ? {} : { dueAt: data.graceEndsAt };
    case 'ShrinkPolicySet':
      return { policy: data.policy };
    case 'LicenseConflictOverdue':
    case 'SeatPoolGraceEnded':
      return {};
  }
}

/** Stored where they differ from what they mostly are. */
type Circumstances = Pick<LedgerEntry, 'occurredAt' | 'correlationId' | 'causationId'>;

function usually({ recordedAt, commandId }: Pick<LedgerEntry, 'recordedAt' | 'commandId'>): Circumstances {
  return { occurredAt: recordedAt, correlationId: commandId, causationId: commandId };
}

function circumstancesOf({ meta }: Recorded) {
  const { recordedAt, occurredAt, commandId, actor, tenant, $correlationId, $causationId } = meta;
  return {
    recordedAt,
    ...(occurredAt !== recordedAt && { occurredAt }),
    who: { ...actor },
    onBehalfOf: tenant,
    commandId,
    ...($correlationId !== commandId && { correlationId: $correlationId }),
    ...($causationId !== commandId && { causationId: $causationId }),
  };
}

/** The whole history of licenses and seats. */
export class LicenseLedger {
  static readonly type = 'LicenseLedger';
  static readonly answers = LedgerEntry;
  static readonly http: HttpRoute = {
    route: 'GET /ledger',
    by: auditRoles,
    summary: 'Every license and seat event, in order of time, with running totals.',
  };
}

/** An entry as it is shown. */
export function ledgerEntry(entry: EntryDoc): LedgerEntry {
  return { ...noParticulars, ...usually(entry), ...entry, ...planNamedBy(entry.serviceId) };
}

export const licenseLedger: View = {
  projection: licenseLedgerProjection,
  queries: [
    answer.list({
      query: LicenseLedger,
      // A fold knows no position. In time, and at equal times by key, what a deal decides comes before what its pools
      // make of it, and the events of a stream keep their order.
      find: (): Find<LedgerEntry> => ({
        view: licenseLedgerProjection,
        kind: 'entry',
        where: {},
        orderBy: 'recordedAt',
      }),
      compose: (entry) => ledgerEntry(entry),
      filters: ['recordedAt', 'event', 'publisherId', 'tenantId', 'serviceId', 'dealId', 'personId'],
    }),
  ],
};
