import { limits } from '../limits.js';
import { later } from '../model/instants.js';
import { requestKey, requestsTable, type Delivery } from '../model/delivery.js';
import type { MessageClass } from '../model/message.js';
import type { Issue } from '../model/process.js';
import type { Clock } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { RecordChange, RecordRow, Records } from '../ports/records.js';
import { DueRows, type Next } from './due-rows.js';
import { Issuer, requestOrder, type Cause, type Execute } from './issuer.js';

/** What came of an attempt. Answers are short texts that may be shown: no secret, nothing of a person. */
export type Sent =
  /** It has ended, and a command tells how: the log remembers, the request is forgotten. */
  | { readonly kind: 'concluded'; readonly issue: Issue }
  /** It has ended, and how is kept with the request for whoever shows it (`deliveryRecord`). Skipped: nothing was sent. */
  | { readonly kind: 'delivered' | 'failed' | 'skipped'; readonly answer: string }
  /** Nobody waits for it any more: it is forgotten. */
  | { readonly kind: 'obsolete' }
  | { readonly kind: 'retry'; readonly answer: string; readonly afterMs: number };

/** Carries out the requests of one kind. What it throws is an attempt that failed, and is repeated. */
export interface Sender {
  /** Stored name of the requests that it sends. */
  readonly kind: string;
  /** `attempt` counts from 1. The signal aborts when the server stops: what is cut off then is sent again. */
  send(input: object, attempt: number, signal: AbortSignal): Promise<Sent>;
}

export function sending<R extends object>(
  kind: MessageClass<R>,
  send: (input: R, attempt: number, signal: AbortSignal) => Promise<Sent>,
): Sender {
  return { kind: kind.type, send: (input, attempt, signal) => send(input as R, attempt, signal) };
}

/** A request on its way. What is needed to send it again goes when it has ended. */
export interface Pending extends Delivery {
  readonly status: 'pending';
  readonly process: string;
  readonly kind: string;
  readonly input: object;
  readonly key: string;
  readonly cause: Cause;
}

/** It stays to be shown, without what was sent. */
function ended(how: Omit<Delivery, 'nextAttemptAt'>): Next {
  const value: Delivery = { ...how, nextAttemptAt: null };
  return { value, dueAt: null };
}

/** The change that makes a process's request, for the transaction of the process's checkpoint. */
export function requestChange(
  process: string,
  id: string,
  request: Omit<Pending, 'process' | keyof Delivery>,
  dueAt: string,
): RecordChange {
  const begun: Delivery = { status: 'pending', attempts: 0, answer: null, nextAttemptAt: dueAt };
  const value = { process, ...request, ...begun };
  return { table: requestsTable, key: requestKey(process, id), expect: 'any', value, sort: dueAt };
}

/** Sends what processes ask of the outside, at least once: a crash between an answer and its noting sends again. */
export class Requests extends DueRows {
  readonly #senders: ReadonlyMap<string, Sender>;

  constructor(
    records: Records,
    clock: Clock,
    senders: readonly Sender[],
    private readonly execute: Execute,
    log: Logger,
  ) {
    super(requestsTable, limits.requestsAtOnce, records, clock, log);
    this.#senders = new Map(senders.map((sender) => [sender.kind, sender]));
    if (this.#senders.size < senders.length) throw new Error('Two senders send requests of the same kind.');
  }

  protected async carryOut({ key, value }: RecordRow, signal: AbortSignal): Promise<Next> {
    const request = value as Pending;
    const { process, kind } = request;
    const attempts = request.attempts + 1;
    const sent = await this.#send(request, attempts, signal);
    this.log.info({ process, kind, request: key, attempts, outcome: sent.kind }, 'request sent');
    switch (sent.kind) {
      case 'obsolete':
        return null;
      case 'concluded':
        await this.#issue(request, sent.issue, signal);
        return null;
      case 'retry': {
        const dueAt = later(this.clock.now(), sent.afterMs);
        return { value: { ...request, attempts, answer: sent.answer, nextAttemptAt: dueAt }, dueAt };
      }
      case 'delivered':
      case 'failed':
        return ended({ status: sent.kind, attempts, answer: sent.answer });
      case 'skipped':
        return ended({ status: 'skipped', attempts: request.attempts, answer: sent.answer });
    }
  }

  protected override postponed(value: object, nextAttemptAt: string): object {
    return { ...value, nextAttemptAt };
  }

  async #send({ process, kind, input }: Pending, attempt: number, signal: AbortSignal): Promise<Sent> {
    const sender = this.#senders.get(kind);
    if (!sender) throw new Error(`This build has no sender for ${kind}.`);
    try {
      const sent = await sender.send(input, attempt, signal);
      signal.throwIfAborted();
      return sent;
    } catch (error) {
      signal.throwIfAborted();
      this.log.error({ process, kind, attempt, error }, 'a sender failed');
      const afterMs = Math.min(limits.requestRetryMostMs, limits.requestRetryMs * 2 ** (attempt - 1));
      return { kind: 'retry', answer: 'It could not be sent.', afterMs };
    }
  }

  async #issue(request: Pending, { issue: type, input }: Issue, signal: AbortSignal): Promise<void> {
    const { name, key } = requestOrder(request.process, request);
    await new Issuer(name, this.execute, this.log, signal).issue({ type, input, key, cause: request.cause });
  }
}
