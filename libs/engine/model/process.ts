import type { Recorded } from './envelope.js';
import type { CommandClass, EventData, MessageClass } from './message.js';

/** A command to issue; the input is the command's own fields. */
export interface Issue<C = object> {
  readonly issue: CommandClass<C>;
  readonly input: C;
}

/** A command to issue at `dueAt` or later, at least once. The ID is unique in the process; setting it again replaces it. */
export interface SetTimer {
  readonly setTimer: string;
  readonly dueAt: string;
  readonly issue: CommandClass;
  readonly input: object;
}

export interface ClearTimer {
  readonly clearTimer: string;
}

/** A row beside the log to erase, at least once, so that nothing of it can be read any more. */
export interface EraseRecord {
  readonly eraseRecord: { readonly table: string; readonly key: string };
}

/**
 * Something to ask of the outside, at least once; its sender says how it ends. The ID is unique in the process;
 * requesting again replaces the request and sends again.
 */
export interface Request {
  readonly request: string;
  /** Its stored name tells the sender. */
  readonly kind: MessageClass;
  readonly input: object;
}

export type Reaction = Issue | SetTimer | ClearTimer | Request | EraseRecord;

/**
 * What happens by itself: for an event, commands to issue, timers to set, requests to send, records to erase. Pure. Its
 * commands must be idempotent by state, since events come again after a crash; a refusal is an outcome and it goes on.
 */
export interface ProcessManager<E extends EventData = EventData> {
  /** Stored name, `a-z` and hyphens; also the actor of its commands. */
  readonly name: string;
  /** Where it starts when it has no checkpoint yet: with all of history, or with what comes from now on. */
  readonly startAt: 'beginning' | 'firstDeploy';
  readonly on: { readonly [T in E['type']]?: (event: Recorded<Extract<E, { type: T }>>) => readonly Reaction[] };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyProcessManager = ProcessManager<any>;

export function issue<C extends object>(command: CommandClass<C>, input: C): Issue {
  return { issue: command, input };
}

export function setTimer<C extends object>(id: string, dueAt: string, command: CommandClass<C>, input: C): SetTimer {
  return { setTimer: id, dueAt, issue: command, input };
}

export function clearTimer(id: string): ClearTimer {
  return { clearTimer: id };
}

export function request<R extends object>(id: string, kind: MessageClass<R>, input: NoInfer<R>): Request {
  return { request: id, kind, input };
}

export function eraseRecord(table: string, key: string): EraseRecord {
  return { eraseRecord: { table, key } };
}
