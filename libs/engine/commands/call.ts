import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../model/canonical.js';
import { sha256 } from '../sha256.js';
import type { Owner } from '../model/aggregate.js';
import type { Actor } from '../model/envelope.js';
import type { CommandClass, EventData } from '../model/message.js';
import type { Refusal } from '../model/refusal.js';
import type { Position } from '../ports/event-store.js';
import { uuidFrom } from '../uuid.js';

/** The circumstances of a command beside its own fields. */
export interface Call {
  readonly actor: Actor;
  /** Publisher or tenant of the caller's credentials, or the installation. */
  readonly caller: Owner;
  /** What the caller sends again to be answered the same; null: a command ID is drawn. */
  readonly idempotencyKey: string | null;
  /** The revision that the caller saw; null: not stated. */
  readonly expectedRevision: number | null;
  /** Decide, answer with the events, write nothing. */
  readonly dryRun: boolean;
  /** Wait until the processes have handled everything up to here before deciding. */
  readonly after: Position | null;
  readonly waitMs: number;
  /** Aborts when whoever asked is not there any more: waiting for `after` ends, and nothing is decided. */
  readonly gone?: AbortSignal | undefined;
  readonly traceparent: string | null;
  /** What led to this command: for a process, the event; null: the command itself. */
  readonly cause: { readonly correlationId: string; readonly causationId: string } | null;
}

/** What someone waits for before anything else is done. */
export type Waiting = Pick<Call, 'after' | 'waitMs' | 'gone'>;

/** `after` was not reached in time. */
export interface Behind {
  readonly kind: 'behind';
  readonly position: Position;
}

/** What becomes of a command. All but `unknown` are definite. */
export type CommandOutcome =
  | {
      readonly kind: 'done';
      /** Of the stream, after the command. */
      readonly revision: number;
      readonly position: Position;
      /** Whether the processes have handled the events. */
      readonly settled: boolean;
      readonly answer: object;
    }
  | {
      readonly kind: 'dryRun';
      readonly revision: number;
      readonly events: readonly EventData[];
      readonly preview: object;
    }
  | { readonly kind: 'rejected'; readonly refusals: readonly Refusal[] }
  /** There is no such thing, or it is another's. */
  | { readonly kind: 'notFound' }
  /** The role may not do this. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'revisionRequired'; readonly actual: number }
  | { readonly kind: 'stale'; readonly actual: number }
  /** The idempotency key was used for something else. */
  | { readonly kind: 'keyReused' }
  /** More than 1,000 events or 512 kB. */
  | { readonly kind: 'tooLarge'; readonly detail: string }
  /** Others kept changing the stream; trying again is safe. */
  | { readonly kind: 'contended' }
  /** The store takes nothing at the moment; nothing was written. */
  | { readonly kind: 'unavailable'; readonly detail: string }
  /** Written or not: only the same key tells. */
  | { readonly kind: 'unknown' }
  | Behind;

/** Follows from who asks and their idempotency key; drawn where none was sent. */
export function commandIdOf({ actor, idempotencyKey }: Call): string {
  return idempotencyKey === null ? randomUUID() : uuidFrom(actor.kind, actor.id, idempotencyKey);
}

/** Of the command's name and its input but for what is personal: a repetition has the same. */
export function commandHashOf(command: object): string {
  const { type, personal } = command.constructor as CommandClass;
  const input = personal ? { ...command, ...Object.fromEntries(personal.map((field) => [field, undefined])) } : command;
  return sha256(`${type} ${canonicalJson(input)}`);
}

/** Stored name of a command. */
export function nameOf(command: object): string {
  return (command.constructor as CommandClass).type;
}

const callOfMessage = Symbol('call');

/** Puts a message and its circumstances together for a bus that carries one object. */
export function withCall<M extends object, C>(message: M, call: C): M {
  return Object.assign(message, { [callOfMessage]: call });
}

export function callOf<C>(message: object): C {
  return (message as { [callOfMessage]: C })[callOfMessage];
}
