import type { Position } from '../ports/event-store.js';

/**
 * Rows of the records name places in the log. Positions are a log's own, so an export names the nth event instead, which
 * is the same in every copy.
 */

/** `{ "$ordinal": n }` stands for the position of the nth event; 0: before the first. */
interface OrdinalReference {
  readonly $ordinal: number;
}

function isReference(value: object): value is OrdinalReference {
  return '$ordinal' in value && typeof value.$ordinal === 'number';
}

/** All texts in a value that are positions. */
export function positionsIn(value: unknown, isPosition: (text: string) => boolean): Position[] {
  if (typeof value === 'string') return isPosition(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((member) => positionsIn(member, isPosition));
}

export function withOrdinals(value: unknown, ordinals: ReadonlyMap<Position, number>): unknown {
  if (typeof value !== 'string') return mapped(value, (member) => withOrdinals(member, ordinals));
  const $ordinal = ordinals.get(value);
  return $ordinal === undefined ? value : { $ordinal };
}

export function ordinalsIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isReference(value)) return [value.$ordinal];
  return Object.values(value).flatMap(ordinalsIn);
}

export function withPositions(value: unknown, positions: ReadonlyMap<number, Position>): unknown {
  if (typeof value === 'object' && value !== null && isReference(value)) return positions.get(value.$ordinal);
  return mapped(value, (member) => withPositions(member, positions));
}

function mapped(value: unknown, change: (member: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]));
}

/** Counts the events that pass, and notes how many lie at or before each of some positions. */
export class OrdinalCount {
  readonly #wanted: readonly Position[];
  readonly #ordinals = new Map<Position, number>();
  #next = 0;
  #count = 0;

  constructor(wanted: readonly Position[]) {
    this.#wanted = [...new Set(wanted)].sort();
  }

  pass(position: Position): void {
    this.#noteBefore(position);
    this.#count += 1;
  }

  /** After the last event. */
  ordinals(): ReadonlyMap<Position, number> {
    this.#noteBefore(null);
    return this.#ordinals;
  }

  #noteBefore(position: Position | null): void {
    for (let next = this.#wanted[this.#next]; next !== undefined; next = this.#wanted[this.#next]) {
      if (position !== null && next >= position) return;
      this.#ordinals.set(next, this.#count);
      this.#next += 1;
    }
  }
}
