import type { Actor, Recorded } from './envelope.js';
import type { CommandClass, EventClass, EventData } from './message.js';
import type { RecordPut } from './record.js';
import type { Rejection } from './refusal.js';

/** Whose the stream's content is, each side's if both are named: for other callers, it does not exist (404). `installation` is everybody's who has the role. */
export interface Owner {
  readonly publisherId?: string;
  readonly tenantId?: string;
  readonly installation?: true;
}

/** The state of another stream that a decision rests on, folded from that stream's end (R96). */
export interface Fact<S = unknown> {
  readonly aggregate: Aggregate<S>;
  readonly stream: string;
}
export type Facts = Readonly<Record<string, Fact>>;
export type NoFacts = Record<never, Fact>;
/** An optional fact is one that a command may have no stream for. */
export type Known<F> = { readonly [K in keyof F]: F[K] extends Fact<infer S> | undefined ? S : never };

/** What comes in with a command beside its fields; the only source of time and identity for a decider. */
export interface Context<F = unknown, Settings = unknown> {
  /** ISO 8601, UTC, milliseconds; comparable as a string. */
  readonly now: string;
  readonly actor: Actor;
  /** Publisher and tenant of the caller's credentials (never of a body). */
  readonly caller: Owner;
  readonly commandId: string;
  /** Revision of the stream before this command; −1 if it does not exist. */
  readonly revision: number;
  /** An ID that a repetition of the same command computes again: UUIDv5(command ID, purpose). */
  newId(purpose: string): string;
  readonly settings: Settings;
  readonly facts: Known<F>;
}

/** No events: nothing to do, success. */
export type Decision<E extends EventData> = readonly E[] | Rejection;

/** What a stream's address may be made from. */
export interface Ids {
  newId(purpose: string): string;
  readonly caller: Owner;
}

/** How one command is carried out. F and G are the facts it asks for, P those that only its preview does. */
export interface Handling<S, C, E extends EventData, F, G, Settings, P = NoFacts> {
  readonly command: CommandClass<C>;
  stream(command: C, ids: Ids): string;
  /** The command may find nothing there. If absent, an empty stream is answered 404. */
  readonly creates?: boolean;
  facts?(command: C, state: S, ids: Ids): F;
  /** Facts whose streams are named by the first ones (a deal's offer). */
  furtherFacts?(command: C, known: Known<F>, ids: Ids): G;
  /** Replaces the aggregate's owner where it stands in a fact (an invitation to a deal). Null: not found. */
  owner?(state: S, command: C, facts: Known<F>): Owner | null;
  decide(state: S, command: C, context: Context<F & G, Settings>): Decision<E>;
  /**
   * What is written beside the log because it must be erasable: after the decision, unless it refuses, and before the
   * events. Not by a dry run, nor when a command that left events is repeated; one that left none writes it again.
   */
  records?(command: C, context: Context<F & G, Settings>): readonly RecordPut[];
  /** What the caller gets beyond revision and position, from the stored events alone, so that a repetition answers the same. */
  answer?(events: readonly Recorded<E>[], command: C, settings: Settings): object;
  /** Answers in place of `answer` when there was nothing to do: decided anew each time, it may look at the state. */
  unchanged?(state: S, command: C, context: Context<F & G, Settings>): object;
  /** What a dry run answers beside the events, with facts that only it needs. */
  readonly preview?: {
    facts(command: C, state: S): P;
    answer(state: S, command: C, context: Context<F & G & P, Settings>): object;
  };
}

// The registry holds handlings of many types side by side; each was checked where it was declared.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyHandling = Handling<any, any, any, any, any, any, any>;

/**
 * Fixes an aggregate's types once, so that each handling infers the rest from its command and facts. What it returns
 * names none of these types, or a registry around the call would be taken for where to infer them from.
 */
export function handling<S, E extends EventData, Settings>() {
  return <C, F extends Facts = NoFacts, G extends Facts = NoFacts, P extends Facts = NoFacts>(
    handles: Handling<S, C, E, F, G, Settings, P>,
  ): AnyHandling => handles;
}

/** One kind of stream: its events, how they fold into a state, and what can be asked of it. */
export interface Aggregate<S = unknown> {
  /** The first part of its stream names: `offer` of `offer-fabrikam.f365`. */
  readonly category: string;
  readonly events: readonly EventClass[];
  initial(): S;
  /** May change the state that it is given; the engine owns it. */
  evolve(state: S, event: Recorded): S;
  /** Null while nothing is there. */
  owner(state: S): Owner | null;
}

/** An aggregate together with its commands. */
export interface Decider<S = unknown> extends Aggregate<S> {
  readonly handles: readonly AnyHandling[];
}

// The registry holds deciders of many states side by side; each was checked where it was declared.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyDecider = Decider<any>;
