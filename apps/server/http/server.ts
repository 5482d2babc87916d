import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { fastify, type FastifyInstance } from 'fastify';
import { limits } from './limits.js';
import { fault, problemBook, sendProblem, type Problems } from './problems.js';

/** While it closes: how often connections that have become idle are ended, and when busy ones are. */
const closing = { reapEveryMs: 50, cutOffAfterMs: 8_000 } as const;

export interface HttpServerOptions {
  readonly baseUrl: () => string;
  /** Addresses and blocks of proxies whose word on the client's address is taken; nobody's if absent. */
  readonly trustedProxies?: readonly string[];
}

/** The server before any route is there: limits, and answers to what never becomes a request. */
export function createServer({ baseUrl, trustedProxies = [] }: HttpServerOptions): FastifyInstance {
  const problems = problemBook({}, baseUrl);
  const server = fastify({
    logger: false,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    // While it closes, what still comes in is answered by the stores: done, or a problem that says to try again.
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.pathParameterLength },
    http: { maxHeaderSize: limits.headerBytes },
    frameworkErrors(error, _request, reply) {
      // No ID is as long as that, so it is not there; everything else is an address that cannot be read.
      const found =
        error.code === 'FST_ERR_MAX_PARAM_LENGTH'
          ? fault('NOT_FOUND', 'There is no such thing, or it is not yours.')
          : fault('REQUEST_MALFORMED', 'The address is not percent-encoded UTF-8.');
      sendProblem(reply, problems, [found]);
    },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, problems),
  });
  server.addHook('preClose', async () => endConnections(server.server));
  return server;
}

/**
 * Closing waits for every connection. Node ends those that are idle at that moment; one whose request is being answered
 * just then is kept alive afterwards, and one that sends its request slowly or not at all would keep the server up.
 */
function endConnections(server: Server): void {
  if (!server.listening) return;
  const reap = setInterval(() => server.closeIdleConnections(), closing.reapEveryMs).unref();
  const cutOff = setTimeout(() => server.closeAllConnections(), closing.cutOffAfterMs).unref();
  server.once('close', () => {
    clearInterval(reap);
    clearTimeout(cutOff);
  });
}

/** Answers what Node could not read as HTTP, and closes the connection. */
function refuseConnection(error: Error & { code?: string }, socket: Socket, problems: Problems): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const detail =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? `The headers are larger than ${limits.headerBytes} bytes.`
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'The request did not arrive in time.'
        : 'This is not HTTP/1.1.';
  const { body } = problems.of([fault('REQUEST_MALFORMED', detail)], randomBytes(16).toString('hex'));
  const head = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
