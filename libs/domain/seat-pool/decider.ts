import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject, type Refusal } from '#lib/engine/model/refusal.js';
import { streams } from '../ids.js';
import { erasedAmong, personFacts } from '../person/facts.js';
import { refuse as refusePerson } from '../person/refusals.js';
import type { Settings } from '../settings.js';
import { applyPolicy, deadlinesPassed, endGrace, setPolicy } from './deadlines.js';
import {
  AdjustSeatPool,
  ApplyShrinkPolicy,
  AssignSeats,
  EndGrace,
  LicenseConflictResolved,
  SeatAssigned,
  SeatUnassigned,
  SetShrinkPolicy,
  UnassignSeats,
  seatLimits,
  seatPoolEvents,
  type PoolIds,
  type RefusedRow,
  type SeatPoolEvent,
  type SeatRow,
} from './messages.js';
import { refuse } from './refusals.js';
import { adjust } from './resize.js';
import { rowsAssigned, rowsToAssign, rowsToUnassign, rowsUnassigned } from './rows.js';
import type { Pool, PoolContent, SeatPoolState } from './state.js';

function evolve(state: SeatPoolState, event: Recorded<SeatPoolEvent>): SeatPoolState {
  if (event.type === 'SeatPoolResized') return resize(state, event.data);
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'SeatAssigned':
      state.seats.add(event.data.personId);
      return state;
    case 'SeatUnassigned':
      state.seats.delete(event.data.personId);
      return state;
    case 'LicenseConflictDetected':
      if (state.status === 'active') state.conflict = { dueAt: event.data.dueAt, overdue: false };
      return state;
    case 'LicenseConflictOverdue':
      if (state.status === 'active' && state.conflict) state.conflict = { ...state.conflict, overdue: true };
      return state;
    case 'LicenseConflictResolved':
      if (state.status === 'active') state.conflict = null;
      return state;
    case 'ShrinkPolicySet':
      state.policy = event.data.policy;
      return state;
    case 'SeatPoolGraceEnded':
      return { ...contentOf(state), status: 'deactivated' };
    case 'SeatPoolDeactivated': {
      const { graceEndsAt } = event.data;
      return graceEndsAt === null
        ? { ...contentOf(state), status: 'deactivated' }
        : { ...contentOf(state), status: 'grace', graceEndsAt };
    }
  }
}

function resize(state: SeatPoolState, resized: Extract<SeatPoolEvent, { type: 'SeatPoolResized' }>['data']): Pool {
  const { dealId, dealCount, dealRevision, to } = resized;
  const pool = state.status === 'none' ? newPool(resized) : state;
  pool.total = to;
  pool.deals.set(dealId, { count: dealCount, revision: dealRevision });
  if (to > 0) return pool.status === 'active' ? pool : { ...contentOf(pool), status: 'active', conflict: null };
  return pool.status === 'grace' ? pool : { ...contentOf(pool), status: 'deactivated' };
}

function newPool({ publisherId, offer, tenantId, planId, serviceId }: PoolIds): Pool {
  const ids = { publisherId, offer, tenantId, planId, serviceId };
  return { ids, total: 0, deals: new Map(), seats: new Set(), policy: 'keep', status: 'deactivated' };
}

function contentOf({ ids, total, deals, seats, policy }: Pool): PoolContent {
  return { ids, total, deals, seats, policy };
}

const handle = handling<SeatPoolState, SeatPoolEvent, Settings>();

/** A customer's licenses for one plan, over all deals, and the seats given out of them (R73–R83). */
export const seatPool: Decider<SeatPoolState> = {
  category: 'seatPool',
  events: seatPoolEvents,
  initial: () => ({ status: 'none' }),
  evolve,
  owner: (state) => (state.status === 'none' ? null : { tenantId: state.ids.tenantId }),
  handles: [
    handle({
      command: AdjustSeatPool,
      creates: true,
      stream: ({ tenantId, serviceId }) => streams.seatPool(tenantId, serviceId),
      decide: (state, command, { now, settings }) => adjust(state, command, now, settings),
    }),
    handle({
      command: AssignSeats,
      stream: ({ tenantId, serviceId }) => streams.seatPool(tenantId, serviceId),
      // Of a list that is too long, and refused, no more is looked up than of the longest.
      facts: ({ tenantId, personIds }) => personFacts(tenantId, personIds.slice(0, seatLimits.rows)),
      decide(state, { personIds }, { facts }) {
        const erased = erasedAmong(facts);
        const rows = rowsToAssign(state, personIds, erased);
        return reject(countFault(personIds), soleRowFaults(rows, erased)) ?? assign(state, rows);
      },
      answer: (events, { personIds }) => ({ rows: rowsAssigned(events, personIds) }),
      unchanged: (state, { personIds }, { facts }) => ({ rows: rowsToAssign(state, personIds, erasedAmong(facts)) }),
      preview: {
        facts: () => ({}),
        answer: (state, { personIds }, { facts }) => ({ rows: rowsToAssign(state, personIds, erasedAmong(facts)) }),
      },
    }),
    handle({
      command: UnassignSeats,
      stream: ({ tenantId, serviceId }) => streams.seatPool(tenantId, serviceId),
      decide(state, { personIds }, { now }) {
        const rows = rowsToUnassign(state, personIds);
        return reject(countFault(personIds), soleRowFaults(rows, new Set())) ?? unassign(state, rows, now);
      },
      answer: (events, { personIds }) => ({ rows: rowsUnassigned(events, personIds) }),
      preview: { facts: () => ({}), answer: (state, { personIds }) => ({ rows: rowsToUnassign(state, personIds) }) },
    }),
    handle({
      command: SetShrinkPolicy,
      stream: ({ tenantId, serviceId }) => streams.seatPool(tenantId, serviceId),
      decide: (state, { policy }, { now }) => setPolicy(state, policy, now),
    }),
    handle({
      command: ApplyShrinkPolicy,
      stream: ({ tenantId, serviceId }) => streams.seatPool(tenantId, serviceId),
      decide: (state, _command, { now }) => applyPolicy(state, now),
    }),
    handle({
      command: EndGrace,
      stream: ({ tenantId, serviceId }) => streams.seatPool(tenantId, serviceId),
      decide: (state, _command, { now }) => endGrace(state, now),
    }),
  ],
};

function countFault({ length }: readonly string[]): Refusal | false {
  const fits = length >= 1 && length <= seatLimits.rows;
  return !fits && refuse('PERSON_COUNT_OUT_OF_RANGE', `There are ${length} person IDs.`, '/personIds');
}

/** A request for one person is refused as a whole, for all that is wrong; in a longer one each row speaks for itself. */
function soleRowFaults(rows: readonly SeatRow[], erased: ReadonlySet<string>): Refusal[] {
  const [row] = rows;
  if (row === undefined || rows.length > 1) return [];
  const { personId, code } = row;
  const pointer = '/personIds/0';
  return [
    code === 'NO_AVAILABLE_LICENSES' && refuse(code, 'All licenses of this plan are assigned.', pointer),
    erased.has(personId) && refusePerson('PERSON_ERASED', 'This person was erased.', pointer),
    code === 'PERSON_ID_INVALID' && refusePerson(code, 'What was sent is not a person ID.', pointer),
  ].filter((fault) => fault !== false);
}

function assign(state: SeatPoolState, rows: readonly SeatRow[]): SeatPoolEvent[] {
  if (state.status === 'none') return [];
  const personIds = rows.flatMap(({ personId, result }) => (result === 'assigned' ? [personId] : []));
  const left = rows.flatMap(({ personId, code }): RefusedRow[] =>
    code === 'NO_AVAILABLE_LICENSES' || code === 'PERSON_ERASED' ? [{ personId, code }] : [],
  );
  return personIds.map((personId, index) =>
    event(SeatAssigned, { ...state.ids, personId, refused: index === personIds.length - 1 ? left : [] }),
  );
}

function unassign(state: SeatPoolState, rows: readonly SeatRow[], now: string): SeatPoolEvent[] {
  if (state.status === 'none') return [];
  const events = rows.flatMap(({ personId, result }): SeatPoolEvent[] =>
    result === 'unassigned' ? [event(SeatUnassigned, { ...state.ids, personId, reason: 'request' })] : [],
  );
  if (events.length === 0) return [];
  const resolved = event(LicenseConflictResolved, { ...state.ids, reason: 'seatsFreed' });
  return [...deadlinesPassed(state, now), ...events, ...(resolves(state, events.length) ? [resolved] : [])];
}

/** Whether freeing some seats brings those in use back within the licenses (R73). */
function resolves(pool: Pool, freed: number): boolean {
  return pool.status === 'active' && pool.conflict !== null && pool.seats.size - freed <= pool.total;
}
