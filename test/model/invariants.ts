import type { Recorded } from '#lib/engine/model/envelope.js';
import { lifeCycles } from '#lib/domain/life-cycles.js';
import type { SeatPoolState } from '#lib/domain/seat-pool/state.js';
import type { Watch } from './world.js';

const cycles = new Map(
  lifeCycles.map(({ category, moves }) => [category, new Set(moves.map((move) => move.join(' → ')))]),
);

/**
 * Looks at every append of a world, and throws when one leaves what must never be. `moved` is told of each change of a
 * status, as `from → event → to`.
 */
export function watching(moved: (category: string, move: string) => void = () => undefined): Watch {
  const words = new Map<string, string>();
  const holders = new Map<string, Set<string>>();
  return (stream, appended, after) => {
    const name = appended[0]?.stream ?? '';
    const { category } = stream.decider;
    let from = words.get(name) ?? 'none';
    for (const [index, { type }] of appended.entries()) {
      const to = after[index] ?? from;
      const move = `${from} → ${type} → ${to}`;
      if (type === 'InvitationAccepted' && from !== 'pending') throw new Error(`${name} was used twice.`);
      if (from !== to) {
        if (cycles.get(category)?.has(move) === false) throw new Error(`${name} went ${move}.`);
        moved(category, move);
      }
      from = to;
    }
    words.set(name, from);
    if (category !== 'seatPool') return;
    const held = holders.get(name) ?? new Set();
    holders.set(name, held);
    expectOneSeatEach(held, appended);
    expectSeatsOrConflict(name, stream.state as SeatPoolState);
  };
}

/** R78: nobody gets a second seat of a plan, and no seat is taken that is not held. */
function expectOneSeatEach(held: Set<string>, appended: readonly Recorded[]): void {
  for (const { type, data, stream } of appended) {
    if (type !== 'SeatAssigned' && type !== 'SeatUnassigned') continue;
    const { personId } = data as { readonly personId: string };
    if (held.has(personId) === (type === 'SeatAssigned')) throw new Error(`${type} of ${personId} in ${stream}.`);
    if (type === 'SeatAssigned') held.add(personId);
    else held.delete(personId);
  }
}

/** R73, R77: seats within the licenses, or an open conflict, and never both. */
function expectSeatsOrConflict(name: string, state: SeatPoolState): void {
  if (state.status !== 'active') return;
  const exceeds = state.seats.size > state.total;
  if (exceeds === (state.conflict !== null)) return;
  throw new Error(`${name} has ${state.seats.size} seats, ${state.total} licenses, conflict ${String(!exceeds)}.`);
}
