import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Refusal } from '#lib/engine/model/refusal.js';
import { entityTagOf } from './headers.js';
import { fault, sendProblem, type Problems } from './problems.js';
import type { Route } from './routes.js';
import { traceOf } from './trace.js';

type Extension = Readonly<Record<string, unknown>>;

/** What one route can say: success, or one of the problems that have the same words everywhere. */
export interface Replies {
  /** Status of success. */
  readonly success: number;
  send(reply: FastifyReply, status: number, body: object, revision?: unknown): FastifyReply;
  /** Sends as it is made, as fast as it is read. */
  stream(reply: FastifyReply, mediaType: string, position: string, chunks: AsyncIterable<string>): FastifyReply;
  refuse(reply: FastifyReply, faults: readonly Refusal[]): FastifyReply;
  problem(reply: FastifyReply, code: Parameters<typeof fault>[0], detail: string, extension?: Extension): FastifyReply;
  notFound(reply: FastifyReply): FastifyReply;
  forbidden(reply: FastifyReply): FastifyReply;
  /** Notes what an answer must not say. */
  report(reply: FastifyReply, detail: string): void;
}

export function repliesOf(route: Route, problems: Problems, report: Replies['report']): Replies {
  const problem: Replies['problem'] = (reply, code, detail, extension) =>
    sendProblem(reply, problems, [fault(code, detail)], extension);
  return {
    success: route.http.status ?? 200,
    send(reply, status, body, revision) {
      // Nobody has seen what is not there: of −1 no tag could be sent back.
      if (typeof revision === 'number' && revision >= 0) reply.header('etag', entityTagOf(revision));
      return reply
        .code(status)
        .header('trace-id', traceOf(reply.request))
        .header('cache-control', 'no-store')
        .header('content-type', 'application/json; charset=utf-8')
        .send(JSON.stringify(body));
    },
    stream(reply, mediaType, position, chunks) {
      return reply
        .code(200)
        .header('trace-id', traceOf(reply.request))
        .header('cache-control', 'no-store')
        .header('content-type', `${mediaType}; charset=utf-8`)
        .header('position', position)
        .send(Readable.from(chunks, { objectMode: false }));
    },
    refuse: (reply, faults) => sendProblem(reply, problems, faults),
    problem,
    notFound: (reply) => problem(reply, 'NOT_FOUND', 'There is no such thing, or it is not yours.'),
    forbidden: (reply) =>
      sendProblem(reply, problems, [
        { code: route.denied, detail: 'The role of this key may not do this.', pointer: null },
      ]),
    report,
  };
}
