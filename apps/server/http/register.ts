import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BrokenEventError, UnknownEventError } from '#lib/engine/catalog.js';
import type { AnyDecider } from '#lib/engine/model/aggregate.js';
import type { View } from '#lib/engine/model/query.js';
import type { Refusal, RefusalPages } from '#lib/engine/model/refusal.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import { OutcomeUnknownError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { keyActions } from '../identity/key-actions.js';
import type { Keys } from '../identity/keys.js';
import { keyRefusals } from '../identity/refusals.js';
import { operationRefusals } from '../operations/refusals.js';
import { auditRefusals } from '../operations/audit-refusals.js';
import type { AnyAction } from './action.js';
import { guard } from './guard.js';
import { handlerOf, type HandlerDependencies } from './handlers.js';
import { registerHealth, type Health } from '#lib/product/http/health.js';
import { parseJson } from './json.js';
import { limits } from './limits.js';
import { openApi } from './openapi.js';
import { registerProblemPages } from './problem-pages.js';
import { fault, problemBook, sendProblem, type Problems } from './problems.js';
import { rateLimit } from './rate-limit.js';
import { registerReference } from './reference.js';
import { base, bodyBytesOf, collectRoutes, type Route } from './routes.js';
import { traceOf } from './trace.js';

export interface Logger {
  error(fields: object, message: string): void;
}

export interface HttpDependencies extends Pick<
  HandlerDependencies,
  'execute' | 'ask' | 'lagging' | 'isPosition' | 'signReceipt'
> {
  readonly keys: Keys;
  readonly deciders: readonly AnyDecider[];
  readonly views: readonly View[];
  /** Codes with which the domain refuses. */
  readonly refusals: RefusalPages;
  /** What is asked of the installation beside keys: operations. */
  readonly actions?: readonly AnyAction[];
  readonly clock: Clock;
  readonly health: Health;
  /** Address of this server without a slash at the end, asked for by the time there are requests; problems point below it. */
  readonly baseUrl: () => string;
  readonly logger: Logger;
}

/** Everything between a socket and the two functions `execute` and `ask`. Returns the table of routes that it serves. */
export function registerHttp(server: FastifyInstance, dependencies: HttpDependencies): readonly Route[] {
  const { deciders, views, refusals, keys, clock, actions = [], baseUrl, logger } = dependencies;
  const problems = problemBook({ ...refusals, ...auditRefusals, ...keyRefusals, ...operationRefusals }, baseUrl);
  const routes = collectRoutes({ deciders, views, actions: [...keyActions(keys, clock), ...actions] }, problems.pages);
  const report = (reply: FastifyReply, detail: string): void =>
    logger.error({ traceId: traceOf(reply.request), route: reply.request.routeOptions.url }, detail);

  server.decorateRequest('principal');
  server.decorateRequest('traceId');
  acceptJsonOnly(server);
  server.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, problems, [fault('NOT_FOUND', 'There is no such address.')]),
  );
  server.setErrorHandler((error: FastifyError, request, reply) => refuseError(error, request, reply, problems, logger));

  const send = (reply: FastifyReply, faults: readonly Refusal[]): void => void sendProblem(reply, problems, faults);
  for (const route of routes) {
    server.route({
      method: route.method,
      bodyLimit: bodyBytesOf(route),
      url: base + route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      onRequest: [guard(route, keys, send), ...(route.http.limitedBy ? [rateLimit(clock, send)] : [])],
      handler: handlerOf(route, { ...dependencies, problems, report }),
    });
  }
  registerHealth(server, dependencies.health);
  registerProblemPages(server, problems.pages);
  registerReference(server, openApi(routes, problems.pages));
  return routes;
}

function acceptJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body: Buffer, done) =>
    done(null, parseJson(body)),
  );
}

const unforeseen: ReadonlySet<string> = new Set([
  'INTERNAL',
  'STORE_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'HISTORY_UNREADABLE',
]);

/** What Fastify refuses by itself, and what nobody foresaw. Only the latter is logged; its text never leaves. */
function refuseError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  problems: Problems,
  logger: Logger,
): FastifyReply {
  const found = faultOf(error, request);
  if (unforeseen.has(found.code)) {
    logger.error({ traceId: traceOf(request), route: request.routeOptions.url, error }, error.message);
  }
  return sendProblem(reply, problems, [found]);
}

function faultOf(error: FastifyError, { routeOptions }: FastifyRequest): ReturnType<typeof fault> {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return fault('BODY_TOO_LARGE', `A body has at most ${routeOptions.bodyLimit ?? limits.bodyBytes} bytes here.`);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return fault('UNSUPPORTED_MEDIA_TYPE', 'Only application/json is read.');
  if (error instanceof StoreUnavailableError) {
    return fault('STORE_UNAVAILABLE', 'Nothing was written; the same request is safe to send again.');
  }
  if (error instanceof UnknownEventError || error instanceof BrokenEventError) {
    return fault('HISTORY_UNREADABLE', 'Nothing was written; one of its events cannot be read.');
  }
  if (error instanceof OutcomeUnknownError) {
    return fault('OUTCOME_UNKNOWN', 'It may have been written; the same idempotency key is safe to send again.');
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return fault('REQUEST_MALFORMED', 'The request could not be read.');
  }
  return fault('INTERNAL', 'Something failed that should not have; it was noted.');
}
