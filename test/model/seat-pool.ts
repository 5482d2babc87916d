import {
  ApplyShrinkPolicy,
  AssignSeats,
  EndGrace,
  SetShrinkPolicy,
  UnassignSeats,
} from '#lib/domain/seat-pool/messages.js';
import { isErased } from './people.js';
import {
  after,
  dayMs,
  isPersonId,
  rule,
  seatStaff,
  unless,
  type Asked,
  type Model,
  type ModelDeal,
  type ModelPool,
  type Rule,
} from './model.js';

const conflictMs = 90 * dayMs;

/** R75: the sum of the active lines over all deals. */
export function totalOf(model: Model, { tenantId, serviceId }: ModelPool): number {
  const counts = model.deals.flatMap(({ customer, form, lines }) =>
    lines.filter(({ planId }) => customer === tenantId && `${form.offer}.${planId}` === serviceId),
  );
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** Opens and closes the conflict as it must be, and begins and ends grace, after anything that could change it. */
function settle(model: Model, pool: ModelPool): void {
  writePastDeadlines(model, pool);
  const total = totalOf(model, pool);
  if (total === 0 && pool.lastTotal > 0 && model.settings.graceDays > 0) {
    pool.graceEndsAt = after(model.now, model.settings.graceDays * dayMs); // R74
  }
  if (total > 0) pool.graceEndsAt = null;
  const exceeds = total > 0 && pool.seats.length > total;
  if (!exceeds) pool.conflict = null;
  else pool.conflict ??= { dueAt: after(model.now, conflictMs), overdue: false, timerFired: false }; // R73
  pool.lastTotal = total;
}

/** A line of a deal is new, changed or gone. */
export function resized(model: Model, { publisherId, customer, form }: ModelDeal, planId: string): void {
  if (customer === null) return;
  const serviceId = `${form.offer}.${planId}`;
  let pool = model.pools.find((one) => one.tenantId === customer && one.serviceId === serviceId);
  if (!pool) {
    pool = {
      publisherId,
      tenantId: customer,
      serviceId,
      seats: [],
      policy: 'keep',
      conflict: null,
      lastTotal: 0,
      graceEndsAt: null,
    };
    if (totalOf(model, pool) === 0) return;
    model.pools.push(pool);
  }
  settle(model, pool);
}

/** R73: at the deadline of a conflict, seats go by the policy. */
export function applyPolicy(model: Model, pool: ModelPool): void {
  if (!pool.conflict || model.now < pool.conflict.dueAt) return;
  writePastDeadlines(model, pool);
  const total = totalOf(model, pool);
  if (pool.policy === 'newestFirst') pool.seats = pool.seats.slice(0, total);
  if (pool.policy === 'oldestFirst') pool.seats = pool.seats.slice(-total);
  settle(model, pool);
}

/** What passed before its timer came is written down with whatever comes first. */
export function writePastDeadlines({ now }: Model, pool: ModelPool): void {
  if (pool.graceEndsAt !== null && now >= pool.graceEndsAt) pool.graceEndsAt = null;
  if (pool.conflict && now >= pool.conflict.dueAt) pool.conflict.overdue = true;
}

function poolFor(model: Model, input: { tenantId: string; serviceId: string }, asked: Asked): ModelPool | undefined {
  const { tenantId } = asked.caller;
  return model.pools.find(
    (one) =>
      one.tenantId === input.tenantId &&
      one.serviceId === input.serviceId &&
      (asked.caller.installation || one.tenantId === tenantId),
  );
}

export const seatPoolRules: readonly Rule[] = [
  rule(
    AssignSeats,
    seatStaff,
    (model, input, asked) => {
      const pool = poolFor(model, input, asked);
      if (!pool) return 'NOT_FOUND';
      const [first = '', ...more] = input.personIds;
      const total = totalOf(model, pool);
      const isAlone = more.length === 0;
      return unless(
        [
          [
            isAlone && isPersonId(first) && !pool.seats.includes(first) && pool.seats.length >= total,
            'NO_AVAILABLE_LICENSES',
          ], // R77
          [input.personIds.length === 0, 'PERSON_COUNT_OUT_OF_RANGE'], // R80
          [isAlone && !isPersonId(first), 'PERSON_ID_INVALID'], // R95
          [isAlone && isErased(model, pool.tenantId, first), 'PERSON_ERASED'],
        ],
        () => {
          for (const personId of input.personIds) {
            const isSomebody = isPersonId(personId) && !isErased(model, pool.tenantId, personId);
            const isFree = !pool.seats.includes(personId) && pool.seats.length < total;
            if (isSomebody && isFree) pool.seats.push(personId);
          }
        },
      );
    },
    'SEAT_ROLE_REQUIRED', // R79
  ),

  rule(
    UnassignSeats,
    seatStaff,
    (model, input, asked) => {
      const pool = poolFor(model, input, asked);
      if (!pool) return 'NOT_FOUND';
      const [first = '', ...more] = input.personIds;
      return unless(
        [
          [input.personIds.length === 0, 'PERSON_COUNT_OUT_OF_RANGE'], // R80
          [more.length === 0 && !isPersonId(first), 'PERSON_ID_INVALID'], // R95
        ],
        () => {
          if (!input.personIds.some((personId) => pool.seats.includes(personId))) return;
          pool.seats = pool.seats.filter((personId) => !input.personIds.includes(personId)); // R81
          settle(model, pool);
        },
      );
    },
    'SEAT_ROLE_REQUIRED', // R79
  ),

  rule(SetShrinkPolicy, ['customer.globalAdmin', 'customer.licenseAdmin'], (model, input, asked) => {
    const pool = poolFor(model, input, asked);
    if (!pool) return 'NOT_FOUND';
    if (pool.policy === input.policy) return 'done';
    writePastDeadlines(model, pool);
    pool.policy = input.policy;
    applyPolicy(model, pool); // R73
    return 'done';
  }),

  rule(ApplyShrinkPolicy, [], (model, input, asked) => {
    const pool = poolFor(model, input, asked);
    return unless([[!pool, 'NOT_FOUND']], () => pool && applyPolicy(model, pool));
  }),

  rule(EndGrace, [], (model, input, asked) => {
    const pool = poolFor(model, input, asked);
    return unless([[!pool, 'NOT_FOUND']], () => pool?.graceEndsAt && writePastDeadlines(model, pool));
  }),
];
