import type { FastifyReply } from 'fastify';
import type { CommandOutcome } from '#lib/engine/commands/call.js';
import type { QueryOutcome } from '#lib/engine/queries/ask.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import type { ActionOutcome } from './action.js';
import { entityTagOf } from './headers.js';
import { fault, sendProblem, type Problems } from './problems.js';
import type { Route } from './routes.js';
import { traceOf } from './trace.js';

const json = 'application/json; charset=utf-8';

/** Turns outcomes into answers: a status and a body for every kind there is. */
export function answering(route: Route, problems: Problems, report: (reply: FastifyReply, detail: string) => void) {
  const success = route.http.status ?? 200;

  const send = (reply: FastifyReply, status: number, body: object, revision: unknown = null): FastifyReply => {
    if (typeof revision === 'number') reply.header('etag', entityTagOf(revision));
    return reply
      .code(status)
      .header('trace-id', traceOf(reply.request))
      .header('cache-control', 'no-store')
      .header('content-type', json)
      .send(JSON.stringify(body));
  };
  const refuse = (reply: FastifyReply, faults: readonly Refusal[], extension?: Readonly<Record<string, unknown>>) =>
    sendProblem(reply, problems, faults, extension);
  const one = (
    reply: FastifyReply,
    code: Parameters<typeof fault>[0],
    detail: string,
    extension?: Record<string, unknown>,
  ) => refuse(reply, [fault(code, detail)], extension);
  const notFound = (reply: FastifyReply) => one(reply, 'NOT_FOUND', 'There is no such thing, or it is not yours.');
  const forbidden = (reply: FastifyReply) =>
    refuse(reply, [{ code: route.denied, detail: 'The role of this key may not do this.', pointer: null }]);

  return {
    refuse,

    command(reply: FastifyReply, outcome: CommandOutcome): FastifyReply {
      switch (outcome.kind) {
        case 'done': {
          const { revision, position, settled, answer } = outcome;
          return send(reply, success, { revision, position, settled, ...answer }, revision);
        }
        case 'dryRun': {
          const { revision, events, preview } = outcome;
          return send(reply, 200, { dryRun: true, revision, events, ...preview });
        }
        case 'rejected':
          return refuse(reply, outcome.refusals);
        case 'notFound':
          return notFound(reply);
        case 'forbidden':
          return forbidden(reply);
        case 'revisionRequired':
          reply.header('etag', entityTagOf(outcome.actual));
          return one(reply, 'REVISION_REQUIRED', 'State the revision you saw as If-Match.', {
            revision: outcome.actual,
          });
        case 'stale':
          reply.header('etag', entityTagOf(outcome.actual));
          return one(reply, 'STALE_REVISION', `It is at revision ${outcome.actual} now.`, { revision: outcome.actual });
        case 'keyReused':
          return one(reply, 'KEY_REUSED', 'This idempotency key came with another command or body before.');
        case 'tooLarge':
          return one(reply, 'COMMAND_TOO_LARGE', outcome.detail);
        case 'contended':
          return one(reply, 'CONTENDED', 'Nothing was written; the same request is safe to send again.');
        case 'unavailable':
          // The detail is the store's own words, for the log alone.
          report(reply, outcome.detail);
          return one(reply, 'STORE_UNAVAILABLE', 'Nothing was written; the same request is safe to send again.');
        case 'unknown':
          report(reply, 'The outcome of a command is unknown.');
          return one(
            reply,
            'OUTCOME_UNKNOWN',
            'It may have been written; the same idempotency key is safe to send again.',
          );
        case 'behind':
          return behind(reply, outcome.position);
      }
    },

    query(reply: FastifyReply, outcome: QueryOutcome): FastifyReply {
      switch (outcome.kind) {
        case 'one': {
          const { body, position } = outcome;
          return send(reply, success, { ...body, position }, 'revision' in body ? body.revision : null);
        }
        case 'list': {
          const { rows, next, position } = outcome;
          return send(reply, success, { rows, next, position });
        }
        case 'notFound':
          return notFound(reply);
        case 'forbidden':
          return forbidden(reply);
        case 'behind':
          return behind(reply, outcome.position);
        case 'parked': {
          const { since, position } = outcome;
          report(reply, `A document that was asked for is parked since ${since}.`);
          return one(reply, 'DOCUMENT_PARKED', `It waits since ${since}.`, { since, position });
        }
        case 'malformed':
          return malformed(reply, outcome);
      }
    },

    action(reply: FastifyReply, outcome: ActionOutcome): FastifyReply {
      switch (outcome.kind) {
        case 'one':
          return send(reply, success, outcome.body);
        case 'list':
          return send(reply, success, { rows: outcome.rows, next: outcome.next });
        case 'rejected':
          return refuse(reply, outcome.refusals);
        case 'notFound':
          return notFound(reply);
        case 'malformed':
          return malformed(reply, outcome);
      }
    },
  };

  function malformed(reply: FastifyReply, { parameter, detail }: { parameter: string; detail: string }): FastifyReply {
    return one(reply, 'PARAMETER_INVALID', `${parameter}: ${detail}`);
  }

  function behind(reply: FastifyReply, position: string): FastifyReply {
    return one(reply, 'VIEW_BEHIND', `Not everything up to the position asked for is there; it is at ${position}.`, {
      position,
    });
  }
}
