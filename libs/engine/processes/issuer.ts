import { setTimeout as pause } from 'node:timers/promises';
import type { Call, CommandOutcome } from '../commands/call.js';
import type { Recorded } from '../model/envelope.js';
import type { CommandClass } from '../model/message.js';
import type { Logger } from '../ports/logger.js';

/** Sends a command on its way: in an application, the bus. */
export type Execute = (command: object, call: Call) => Promise<CommandOutcome>;

/** What led to a command: IDs of the event's command and of the event. */
export interface Cause {
  readonly correlationId: string;
  readonly causationId: string;
}

/** A command as it stands in a reaction or a timer. */
export interface Order {
  readonly type: CommandClass;
  readonly input: object;
  /** Unique in the process: makes the command's ID, so that issuing it again repeats it. */
  readonly key: string;
  readonly cause: Cause;
}

const longestPauseMs = 5_000;

/**
 * Issues commands as a process or timer. What passes by itself (queue full, store away, contention) is tried again for
 * ever with growing pauses; a refusal is an outcome.
 */
export class Issuer {
  constructor(
    private readonly name: string,
    private readonly execute: Execute,
    private readonly log: Logger,
    private readonly signal: AbortSignal,
  ) {}

  /** The outcome, which is definite. Rejects if the command could not be decided: a bug. */
  async issue({ type, input, key, cause }: Order): Promise<CommandOutcome> {
    const call = callOfSystem(this.name, key, cause);
    const outcome = await untilDefinite(() => this.execute(Object.assign(new type(), input), call), this.signal);
    if (outcome.kind !== 'done') this.log.warn({ process: this.name, command: type.type, key, outcome }, 'refused');
    return outcome;
  }
}

/** The circumstances of a command that a process or timer of this name issues. */
export function callOfSystem(name: string, key: string, cause: Cause): Call {
  return {
    actor: { kind: 'system', id: name, role: 'system', personId: null },
    caller: { installation: true },
    idempotencyKey: key,
    expectedRevision: null,
    dryRun: false,
    after: null,
    waitMs: 0,
    traceparent: null,
    cause,
  };
}

/** What a reaction orders: the same of the same event. `index` counts the event's reactions from 0. */
export function orderOf<T>({ id, meta }: Recorded, index: number, type: T, input: object) {
  const cause: Cause = { correlationId: meta.$correlationId, causationId: id };
  return { type, input, key: `${id}/${index}`, cause };
}

/** Who a process's timer acts as, and the key of its command. */
export function timerOrder(process: string, { key, dueAt }: { readonly key: string; readonly dueAt: string }) {
  return { name: `${process}.timer`, key: `${key}/${dueAt}` };
}

/** Who a request of a process acts as when it ends with a command, whose key is that of the request. */
export function requestOrder(process: string, { key }: { readonly key: string }) {
  return { name: `${process}.request`, key };
}

/** Sends the same command again, for ever and with growing pauses, while what hinders it passes by itself. */
export async function untilDefinite(send: () => Promise<CommandOutcome>, signal: AbortSignal): Promise<CommandOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await send();
    if (!isPassing(outcome)) return outcome;
    await growingPause(attempt, signal);
    signal.throwIfAborted();
  }
}

/** Before trying again what is tried for ever, until the signal aborts. */
export async function growingPause(attempt: number, signal: AbortSignal): Promise<void> {
  const pauseMs = Math.min(longestPauseMs, 20 * 2 ** attempt) * (0.5 + Math.random() / 2);
  await pause(pauseMs, undefined, { signal }).catch(() => undefined);
}

function isPassing({ kind }: CommandOutcome): boolean {
  return kind === 'unavailable' || kind === 'unknown' || kind === 'contended';
}
