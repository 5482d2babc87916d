import { isPersonId } from '../ids.js';
import type { RefusedRow, SeatPoolEvent, SeatRow } from './messages.js';
import { freeLicenses, seatsOf, type SeatPoolState } from './state.js';

/**
 * What AssignSeats does for each person ID, in order: seats are given while there are free ones (R77, R78, R80), and none
 * to the erased, also where they still hold one (R95). A row tells the first rule that it breaks.
 */
export function rowsToAssign(
  state: SeatPoolState,
  personIds: readonly string[],
  erased: ReadonlySet<string>,
): SeatRow[] {
  const seats = seatsOf(state);
  let free = freeLicenses(state);
  const served = new Set<string>();
  return personIds.map((personId) => {
    if (!isPersonId(personId)) return refused(personId, 'PERSON_ID_INVALID');
    const holdsSeat = seats.has(personId) || served.has(personId);
    if (!holdsSeat && free <= 0) return refused(personId, 'NO_AVAILABLE_LICENSES');
    if (erased.has(personId)) return refused(personId, 'PERSON_ERASED');
    if (holdsSeat) return done(personId, 'alreadyAssigned');
    free -= 1;
    served.add(personId);
    return done(personId, 'assigned');
  });
}

/** The same rows out of the events that came of them, for the answer and every repetition of it. */
export function rowsAssigned(events: readonly SeatPoolEvent[], personIds: readonly string[]): SeatRow[] {
  const assigned = new Set<string>();
  const left: RefusedRow[] = [];
  for (const { type, data } of events) {
    if (type !== 'SeatAssigned') continue;
    assigned.add(data.personId);
    left.push(...data.refused);
  }
  let next = 0;
  return personIds.map((personId) => {
    if (!isPersonId(personId)) return refused(personId, 'PERSON_ID_INVALID');
    if (assigned.delete(personId)) return done(personId, 'assigned');
    // They stand in the order of the rows, and whoever is named twice may be refused for two reasons.
    const row = left[next];
    if (row?.personId !== personId) return done(personId, 'alreadyAssigned');
    next += 1;
    return refused(personId, row.code);
  });
}

/** What UnassignSeats does for each person ID, in order. */
export function rowsToUnassign(state: SeatPoolState, personIds: readonly string[]): SeatRow[] {
  const seats = seatsOf(state);
  return unassignRows(new Set(personIds.filter((personId) => seats.has(personId))), personIds);
}

/** The same rows out of the events that came of them; without any event, nobody had a seat. */
export function rowsUnassigned(events: readonly SeatPoolEvent[], personIds: readonly string[]): SeatRow[] {
  const unassigned = events.flatMap(({ type, data }) => (type === 'SeatUnassigned' ? [data.personId] : []));
  return unassignRows(new Set(unassigned), personIds);
}

/** `holders` is used up: a person ID that comes twice finds nothing the second time. */
function unassignRows(holders: Set<string>, personIds: readonly string[]): SeatRow[] {
  return personIds.map((personId) => {
    if (!isPersonId(personId)) return refused(personId, 'PERSON_ID_INVALID');
    return done(personId, holders.delete(personId) ? 'unassigned' : 'notAssigned');
  });
}

function done(personId: string, result: SeatRow['result']): SeatRow {
  return { personId, result, code: null };
}

function refused(personId: string, code: string): SeatRow {
  return { personId, result: 'refused', code };
}
