import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { parsedUrl } from '#lib/domain/urls.js';
import { outgoingLimits } from './limits.js';
import { isPublicAddress } from './public-address.js';

/**
 * What came of a request. Reasons are sentences that may be shown: they hold nothing of the URL and of the answer.
 * `refused` stays so when it is asked again, as long as nothing changes; `failed` may pass by itself.
 */
export type Answer =
  | {
      readonly kind: 'answered';
      /** Never one of a redirect. */
      readonly status: number;
      /** As UTF-8; its first 64 kB. */
      readonly body: string;
    }
  | { readonly kind: 'refused' | 'failed'; readonly reason: string };

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Cuts the request off: it has failed then. */
  readonly signal?: AbortSignal;
}

/** The only way out of the installation: https to hosts of the public Internet, within limits. Never rejects. */
export type GuardedClient = (url: string, request: OutgoingRequest) => Promise<Answer>;

export interface GuardedClientOptions {
  /** All addresses of a host name; the system's resolver by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Addresses that may be connected to; tests let in their own servers. */
  readonly mayConnect?: (address: string) => boolean;
  /** Certificates that are trusted instead of the well-known ones, as PEM. */
  readonly ca?: string;
  readonly attemptMs?: number;
}

/** Ends a request with a reason that may be shown. */
class Ended extends Error {
  constructor(
    readonly kind: 'refused' | 'failed',
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * Addresses are checked as they stand in the URL or as the name resolves, all of them, and the connection is made to
 * what was checked: the name is not resolved again. No redirect is followed and no proxy used, whatever the environment
 * says.
 */
export function guardedClient(options: GuardedClientOptions = {}): GuardedClient {
  const { resolve = resolveAll, mayConnect = isPublicAddress, ca, attemptMs = outgoingLimits.attemptMs } = options;
  return async (text, request) => {
    const timeout = AbortSignal.timeout(attemptMs);
    const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
    try {
      const url = acceptable(text);
      const addresses = await before(signal, checkedAddresses(url, resolve, mayConnect));
      return await ask(url, { ...request, signal }, clientTo(url, addresses, ca, signal));
    } catch (error) {
      if (error instanceof Ended) return { kind: error.kind, reason: error.reason };
      if (timeout.aborted) return { kind: 'failed', reason: `There was no answer within ${attemptMs / 1_000} s.` };
      if (signal.aborted) return { kind: 'failed', reason: 'The request was cut off.' };
      return { kind: 'failed', reason: `The connection failed${codeOf(error)}.` };
    }
  };
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);
}

function acceptable(text: string): URL {
  const url = parsedUrl(text);
  if (url?.protocol !== 'https:') throw new Ended('refused', 'It is not an https address.');
  if (url.username !== '' || url.password !== '') throw new Ended('refused', 'The address holds credentials.');
  return url;
}

/** A URL's host is an IP address in its usual form however it was written, or a name. */
async function checkedAddresses(
  { hostname }: URL,
  resolve: (host: string) => Promise<readonly string[]>,
  mayConnect: (address: string) => boolean,
): Promise<readonly string[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  if (addresses.length === 0) throw new Ended('failed', 'The name of the host does not resolve.');
  if (!addresses.every(mayConnect)) throw new Ended('refused', 'The host is not one of the public Internet.');
  return addresses;
}

/** Connects to these addresses and no others; the name stays what the certificate must be for. */
function clientTo(url: URL, addresses: readonly string[], ca: string | undefined, signal: AbortSignal): Client {
  const checked = addresses.map((address) => ({ address, family: isIP(address) }));
  return new Client(url.origin, {
    connect: {
      // Also ends a connection that is still being made.
      signal,
      autoSelectFamily: true,
      // With families to choose from, all addresses are asked for.
      lookup: (_host, _options, found) => found(null, checked),
      ...(ca !== undefined && { ca }),
    },
  });
}

async function ask(url: URL, request: OutgoingRequest, client: Client): Promise<Answer> {
  const { method, headers = {}, body = null, signal } = request;
  try {
    const answer = await client.request({
      path: `${url.pathname}${url.search}`,
      method,
      headers: { 'user-agent': 'Seatledger', ...headers },
      body,
      ...(signal && { signal }),
    });
    const status = answer.statusCode;
    if (status >= 300 && status < 400) {
      throw new Ended('refused', `It answered ${status}, and redirects are not followed.`);
    }
    return { kind: 'answered', status, body: await beginningOf(answer.body) };
  } finally {
    await client.destroy().catch(() => undefined);
  }
}

async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= outgoingLimits.bodyBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, outgoingLimits.bodyBytes).toString('utf8');
}

/** Resolves as the promise does, or rejects when the signal aborts first. */
function before<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('aborted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A code such as ECONNREFUSED or CERT_HAS_EXPIRED; the text beside it may hold the address. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : '';
}
