import type { DomainEvent } from './events.js';

/** In a status, when something happens, another status follows. `none`: nothing is there yet. */
export type Move = readonly [from: string, event: DomainEvent['type'], to: string];

/**
 * All ways in which the status of one kind of stream may go; whatever else happens leaves it as it is. The deciders decide
 * who may do what and when; tests hold them to this table, and the documentation is drawn from it.
 */
export interface LifeCycle<S> {
  /** Of the streams. */
  readonly category: string;
  /** The status of a state, in the words that are shown; `none` where nothing is there. */
  wordOf(state: S): string;
  readonly moves: readonly Move[];
}

// The registry holds life cycles of many states side by side; each was checked where it was declared.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyLifeCycle = LifeCycle<any>;
