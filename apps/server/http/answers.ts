import type { FastifyReply } from 'fastify';
import type { CommandOutcome } from '#lib/engine/commands/call.js';
import type { QueryOutcome } from '#lib/engine/queries/ask.js';
import type { ActionOutcome } from './action.js';
import { entityTagOf } from './headers.js';
import type { Replies } from './replies.js';

const safe = 'Nothing was written; the same request is safe to send again.';
const again = 'It may have been written; the same idempotency key is safe to send again.';

/** A command that goes on after its answer: `operation` tells how far it is. */
export interface OperationStarted {
  readonly kind: 'started';
  readonly operation: { readonly links: { readonly self: string } };
}

/** Says what became of a command: a status and a body for every kind of outcome there is. */
export function answerCommand(
  replies: Replies,
  reply: FastifyReply,
  outcome: CommandOutcome | OperationStarted,
): FastifyReply {
  switch (outcome.kind) {
    case 'started':
      reply.header('location', outcome.operation.links.self);
      return replies.send(reply, 202, outcome.operation);
    case 'done': {
      const { revision, position, settled, answer } = outcome;
      return replies.send(reply, replies.success, { revision, position, settled, ...answer }, revision);
    }
    case 'dryRun': {
      const { revision, events, preview } = outcome;
      return replies.send(reply, 200, { dryRun: true, revision, events, ...preview });
    }
    case 'rejected':
      return replies.refuse(reply, outcome.refusals);
    case 'notFound':
      return replies.notFound(reply);
    case 'forbidden':
      return replies.forbidden(reply);
    case 'revisionRequired':
    case 'stale':
      return current(replies, reply, outcome);
    case 'keyReused':
      return replies.problem(reply, 'KEY_REUSED', 'This idempotency key came with another command or body before.');
    case 'tooLarge':
      return replies.problem(reply, 'COMMAND_TOO_LARGE', outcome.detail);
    case 'contended':
      return replies.problem(reply, 'CONTENDED', safe);
    case 'unavailable':
      // The detail is the store's own words, for the log alone.
      replies.report(reply, outcome.detail);
      return replies.problem(reply, 'STORE_UNAVAILABLE', safe);
    case 'unknown':
      replies.report(reply, 'The outcome of a command is unknown.');
      return replies.problem(reply, 'OUTCOME_UNKNOWN', again);
    case 'behind':
      return behind(replies, reply, outcome.position);
  }
}

/** What is not current gets no tag: no command can rest on it. */
export function answerQuery(
  replies: Replies,
  reply: FastifyReply,
  outcome: QueryOutcome,
  isCurrent: boolean,
): FastifyReply {
  switch (outcome.kind) {
    case 'one': {
      const { body, position } = outcome;
      const revision = isCurrent && 'revision' in body ? body.revision : null;
      // Not by a spread, to which Node 20 takes a microsecond to add anything; checks are answered here.
      return replies.send(reply, replies.success, Object.assign({}, body, { position }), revision);
    }
    case 'list': {
      const { rows, next, position } = outcome;
      return replies.send(reply, replies.success, { rows, next, position });
    }
    case 'notFound':
      return replies.notFound(reply);
    case 'forbidden':
      return replies.forbidden(reply);
    case 'behind':
      return behind(replies, reply, outcome.position);
    case 'parked': {
      const { since, position } = outcome;
      replies.report(reply, `A document that was asked for is parked since ${since}.`);
      return replies.problem(reply, 'DOCUMENT_PARKED', `It waits since ${since}.`, { since, position });
    }
    case 'tooWide':
      return replies.problem(reply, 'AS_OF_TOO_WIDE', outcome.detail);
    case 'malformed':
      return malformed(replies, reply, outcome);
  }
}

export function answerAction(replies: Replies, reply: FastifyReply, outcome: ActionOutcome): FastifyReply {
  switch (outcome.kind) {
    case 'one':
      return replies.send(reply, replies.success, outcome.body);
    case 'list':
      return replies.send(reply, replies.success, { rows: outcome.rows, next: outcome.next });
    case 'stream':
      return replies.stream(reply, outcome.mediaType, outcome.position, outcome.chunks);
    case 'rejected':
      return replies.refuse(reply, outcome.refusals);
    case 'notFound':
      return replies.notFound(reply);
    case 'behind':
      return behind(replies, reply, outcome.position);
    case 'malformed':
      return malformed(replies, reply, outcome);
  }
}

/** Both say which revision is the current one, so that the caller can go on from there. */
function current(
  replies: Replies,
  reply: FastifyReply,
  { kind, actual }: { kind: 'revisionRequired' | 'stale'; actual: number },
): FastifyReply {
  reply.header('etag', entityTagOf(actual));
  return kind === 'stale'
    ? replies.problem(reply, 'STALE_REVISION', `It is at revision ${actual} now.`, { revision: actual })
    : replies.problem(reply, 'REVISION_REQUIRED', 'State the revision you saw as If-Match.', { revision: actual });
}

function malformed(
  replies: Replies,
  reply: FastifyReply,
  { parameter, detail }: { parameter: string; detail: string },
): FastifyReply {
  return replies.problem(reply, 'PARAMETER_INVALID', `${parameter}: ${detail}`);
}

function behind(replies: Replies, reply: FastifyReply, position: string): FastifyReply {
  const detail = `Not everything up to the position asked for is there; it is at ${position}.`;
  return replies.problem(reply, 'VIEW_BEHIND', detail, { position });
}
