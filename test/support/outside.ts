import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { guardedClient, type GuardedClient, type GuardedClientOptions } from '#lib/product/outgoing/guarded-client.js';
import { isPublicAddress } from '#lib/product/outgoing/public-address.js';

/** Of fabrikam.example and the names below it, signed by itself; it vouches for nothing but the servers of tests. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXUM5nP2YTBbuqads
9RVObMu8nm786ZrR0C/t49KAyj2hRANCAAT9N+j8C9ttMSNC+mK7vnrg70yz3rPM
yFgqqZVvcdpqUIp+DMY3ryCmCuwl2wEAP6QYJApB6B7nZDSIkiQeHyVK
-----END PRIVATE KEY-----
`;
const certificate = `-----BEGIN CERTIFICATE-----
MIIBejCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBmYWJyaWth
bS5leGFtcGxlMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAbMRkw
FwYDVQQDDBBmYWJyaWthbS5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAE/Tfo/AvbbTEjQvpiu7564O9Ms96zzMhYKqmVb3HaalCKfgzGN68gpgrsJdsB
AD+kGCQKQege52Q0iJIkHh8lSqNSMFAwLwYDVR0RBCgwJoIQZmFicmlrYW0uZXhh
bXBsZYISKi5mYWJyaWthbS5leGFtcGxlMB0GA1UdDgQWBBSCDpad1Q00vw3DIlnr
M40hi5ixJDAKBggqhkjOPQQDAgNJADBGAiEAn9oBLJSYWlWiveKV9zTTUFrs7PLz
+2aPLqkO0j77XYACIQCYE24ehvGcVk3TkoE6EMcE4JZqZDWzOOyK1RZK63L1gw==
-----END CERTIFICATE-----
`;

export interface Outside {
  readonly port: number;
  /** `method host path` of all that was asked, the newest last. */
  readonly asked: readonly string[];
  /** A client that resolves every name to this server and trusts it; nothing else of the guard is off. */
  client(options?: GuardedClientOptions): GuardedClient;
  /** Also drops the connections that are open. */
  close(): Promise<void>;
}

/** An https server on loopback that stands for those outside. */
export async function startOutside(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Outside> {
  const asked: string[] = [];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    asked.push(`${request.method} ${request.headers.host} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    asked,
    client: (options) =>
      guardedClient({
        resolve: async () => ['127.0.0.1'],
        mayConnect: (address) => address === '127.0.0.1' || isPublicAddress(address),
        ca: certificate,
        ...options,
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
