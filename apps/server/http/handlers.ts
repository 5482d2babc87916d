import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Behind, Call, CommandOutcome, Waiting } from '#lib/engine/commands/call.js';
import { turnTogether } from '#lib/engine/event-loop.js';
import type { Ask, QueryOutcome } from '#lib/engine/queries/ask.js';
import type { Receipt } from '#lib/engine/queries/receipt.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import { exclusiveFields, tenantGuidFields } from '#lib/engine/model/shape.js';
import { answerAction, answerCommand, answerQuery, type OperationStarted } from './answers.js';
import { waitingOf } from './gone.js';
import { expectedRevisionOf, idempotencyKeyOf } from './headers.js';
import { MalformedJson } from './json.js';
import type { MessageParts } from './message-parts.js';
import { hasControls, searchReader, type SearchReader } from './parameters.js';
import { fault, type Problems } from './problems.js';
import { repliesOf, type Replies } from './replies.js';
import type { Route } from './routes.js';
import { bodyCheck, parameterCheck } from './shape-check.js';
import { traceparentOf } from './trace.js';

/** The two ways into the product, and what a route needs beside them. */
export interface HandlerDependencies {
  execute(command: object, call: Call): Promise<CommandOutcome | OperationStarted>;
  ask(query: object, ask: Ask): Promise<QueryOutcome>;
  /** Waits until the processes have handled everything up to `after`; what became of it if they did not get there. */
  lagging(waiting: Waiting): Promise<Behind | null>;
  /** The text that whoever asked for a receipt may keep. */
  signReceipt(receipt: Receipt): string;
  /** Whether a text is a position of this installation's log. */
  isPosition(text: string): boolean;
  readonly problems: Problems;
  /** Notes what an answer must not say. */
  report(reply: FastifyReply, detail: string): void;
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Prepares all that can be prepared of one route: the way from a request to a message, its circumstances and its answer. */
export function handlerOf(route: Route, dependencies: HandlerDependencies): Handler {
  const { execute, lagging, isPosition, problems, report } = dependencies;
  const readSearch = searchReader(route, isPosition);
  const readMessage = messageReader(route.parts);
  const replies = repliesOf(route, problems, report);

  switch (route.kind) {
    case 'command':
      return commandHandler(readSearch, readMessage, replies, execute);
    case 'one':
    case 'list':
      return queryHandler(readSearch, readMessage, replies, asking(dependencies));
    case 'action': {
      const { action } = route;
      return async (request, reply) => {
        const faults: Refusal[] = [];
        const search = readSearch(searchOf(request), faults);
        const message = readMessage(request, search.fields, faults);
        if (faults.length > 0) return replies.refuse(reply, faults);
        const behind = await lagging(waitingOf(search, reply));
        if (behind) return answerCommand(replies, reply, behind);
        const { actor, caller } = request.principal;
        const { limit, cursor } = search;
        return answerAction(replies, reply, await action.run(message, { actor, caller, page: { limit, cursor } }));
      };
    }
  }
}

// Circumstances are named one by one below: on Node 20, taking the rest of an object and adding to a spread one was a
// twentieth of a license check.
function commandHandler(
  readSearch: SearchReader,
  readMessage: ReturnType<typeof messageReader>,
  replies: Replies,
  execute: HandlerDependencies['execute'],
): Handler {
  return async (request, reply) => {
    // Queries need no such turn: those that came together share a snapshot anyway.
    await turnTogether();
    const faults: Refusal[] = [];
    const search = readSearch(searchOf(request), faults);
    const idempotencyKey = idempotencyKeyOf(request, faults);
    const expectedRevision = expectedRevisionOf(request, faults);
    const command = readMessage(request, {}, faults);
    if (faults.length > 0) return replies.refuse(reply, faults);
    const { actor, caller } = request.principal;
    const { after, waitMs, gone } = waitingOf(search, reply);
    const call: Call = {
      actor,
      caller,
      idempotencyKey,
      expectedRevision,
      dryRun: search.dryRun,
      after,
      waitMs,
      gone,
      traceparent: traceparentOf(request),
      cause: null,
    };
    return answerCommand(replies, reply, await execute(command, call));
  };
}

/** Of a query, for one thing or a list. */
function queryHandler(
  readSearch: SearchReader,
  readMessage: ReturnType<typeof messageReader>,
  replies: Replies,
  answer: HandlerDependencies['ask'],
): Handler {
  return async (request, reply) => {
    const faults: Refusal[] = [];
    const search = readSearch(searchOf(request), faults);
    const query = readMessage(request, search.fields, faults);
    if (faults.length > 0) return replies.refuse(reply, faults);
    const { actor, caller } = request.principal;
    const { asOf, receipt, limit, cursor, filter } = search;
    const { after, waitMs, gone } = waitingOf(search, reply);
    const page = { limit, cursor, filter };
    const asked: Ask = { actor, caller, after, waitMs, gone, asOf: asOf ?? undefined, receipt, page };
    return answerQuery(replies, reply, await answer(query, asked), asOf === null);
  };
}

/** Asks; an answer that was asked for with a receipt holds it, signed. */
function asking({ ask, signReceipt }: HandlerDependencies): HandlerDependencies['ask'] {
  return async (query, asked) => {
    const outcome = await ask(query, asked);
    if (outcome.kind !== 'one' || !outcome.receipt) return outcome;
    return { ...outcome, body: { ...outcome.body, receipt: signReceipt(outcome.receipt) } };
  };
}

function searchOf({ raw: { url = '' } }: FastifyRequest): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

/** Puts a message together from path, query string and body; adds what is wrong with them to the faults. */
function messageReader({ message, path, body }: MessageParts) {
  const checkPath = path.required.length > 0 ? parameterCheck(path) : null;
  const checkBody = body && bodyCheck(body);
  const exclusive = exclusiveFields(message);
  const guids = tenantGuidFields(message).filter((field) => !path.required.includes(field));
  return ({ params, body: sent }: FastifyRequest, fields: object, faults: Refusal[]): object => {
    if (checkPath) {
      checkPath(params, faults);
      if (Object.values(params as object).some(hasControls))
        faults.push(fault('PARAMETER_INVALID', 'An ID in the path holds a control character.'));
    }
    if (sent instanceof MalformedJson) faults.push(fault('MALFORMED_JSON', sent.detail));
    const content = sent instanceof MalformedJson || sent === undefined ? {} : sent;
    if (checkBody && !(sent instanceof MalformedJson)) checkBody(content, faults);
    const made = new message() as Record<string, unknown>;
    Object.assign(made, fields, checkBody ? content : {}, params);
    const given = exclusive.filter((field) => typeof made[field] === 'string');
    if (exclusive.length > 0 && given.length !== 1 && faults.length === 0) {
      const detail = `Exactly one of ${exclusive.join(' and ')} must be given.`;
      faults.push(fault(checkBody ? 'BODY_INVALID' : 'PARAMETER_INVALID', detail));
    }
    for (const field of guids) {
      const guid = made[field];
      if (typeof guid === 'string') made[field] = guid.toLowerCase();
    }
    return made;
  };
}
