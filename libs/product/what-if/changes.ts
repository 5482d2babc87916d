import { isDeepStrictEqual } from 'node:util';
import { FoldedSnapshot } from '#lib/engine/history/folded-snapshot.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { isOneOf } from '#lib/engine/model/message.js';
import { ref } from '#lib/engine/model/query.js';
import { planNamedBy } from '#lib/domain/ids.js';
import { seatPoolEvents } from '#lib/domain/seat-pool/messages.js';
import type { UsageRightCode } from '#lib/domain/usage-right.js';
import { countWithPlan, licenseCountsProjection, poolKey, type LicenseCount } from '#lib/views/license-counts.js';
import { plansProjection } from '#lib/views/plans.js';
import { rightOf, usageRightsProjection } from '#lib/views/usage-rights.js';

export interface SeatChange {
  readonly serviceId: string;
  readonly personId: string;
  readonly is: 'gained' | 'lost';
}

export interface CountChange {
  readonly serviceId: string;
  /** Null: there was no pool. */
  readonly before: LicenseCount | null;
  readonly after: LicenseCount | null;
}

export interface RightChange {
  readonly serviceId: string;
  readonly personId: string;
  readonly before: UsageRightCode;
  readonly after: UsageRightCode;
}

/** What differs of one customer between two histories: its counts, who holds seats, and what checks answer. */
export interface Changes {
  readonly counts: readonly CountChange[];
  readonly seats: readonly SeatChange[];
  readonly rights: readonly RightChange[];
}

const projections = [licenseCountsProjection, plansProjection, usageRightsProjection];

/** The same queries, asked of both. */
export async function changesBetween(
  before: readonly Recorded[],
  after: readonly Recorded[],
  tenantId: string,
): Promise<Changes> {
  const [was, is] = [await stateOf(before, tenantId), await stateOf(after, tenantId)];
  const services = [...new Set([...was.seats.keys(), ...is.seats.keys()])].sort();
  const people = (serviceId: string): readonly string[] =>
    [...new Set([...(was.seats.get(serviceId) ?? []), ...(is.seats.get(serviceId) ?? [])])].sort();
  return {
    counts: services
      .map((serviceId) => ({ serviceId, before: was.count(serviceId), after: is.count(serviceId) }))
      .filter((count) => !isDeepStrictEqual(outcomeOf(count.before), outcomeOf(count.after))),
    seats: services.flatMap((serviceId) =>
      people(serviceId).flatMap((personId): SeatChange[] => {
        const [held, holds] = [was, is].map(({ seats }) => seats.get(serviceId)?.has(personId) ?? false);
        return held === holds ? [] : [{ serviceId, personId, is: holds ? 'gained' : 'lost' }];
      }),
    ),
    rights: services.flatMap((serviceId) =>
      people(serviceId)
        .map((personId) => {
          const [then, now] = [was.code(personId, serviceId), is.code(personId, serviceId)];
          return { serviceId, personId, before: then, after: now };
        })
        .filter((right) => right.before !== right.after),
    ),
  };
}

/** Left out: at which revision of the pool, and the policy, which is supposed and no outcome. */
function outcomeOf(count: LicenseCount | null): object | null {
  return count && { ...count, revision: 0, shrinkPolicy: null };
}

async function stateOf(events: readonly Recorded[], tenantId: string) {
  const docs = await FoldedSnapshot.of(projections, events);
  return {
    seats: seatsIn(events, tenantId),
    count(serviceId: string): LicenseCount | null {
      const pool = docs.get(ref(licenseCountsProjection, 'pool', poolKey({ tenantId, serviceId })));
      return pool ? countWithPlan(pool, docs) : null;
    },
    code(personId: string, serviceId: string): UsageRightCode {
      const { offer } = planNamedBy(serviceId);
      return rightOf({ offer, tenantId, personId, component: null, serviceId }, docs).code;
    },
  };
}

/** Who holds a seat of each of the customer's pools. */
function seatsIn(events: readonly Recorded[], tenantId: string): ReadonlyMap<string, ReadonlySet<string>> {
  const held = new Map<string, Set<string>>();
  for (const event of events) {
    if (!isOneOf(seatPoolEvents, event) || event.data.tenantId !== tenantId) continue;
    const pool = held.get(event.data.serviceId) ?? new Set();
    held.set(event.data.serviceId, pool);
    if (event.type === 'SeatAssigned') pool.add(event.data.personId);
    if (event.type === 'SeatUnassigned') pool.delete(event.data.personId);
  }
  return held;
}
