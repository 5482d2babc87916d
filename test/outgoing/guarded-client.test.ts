import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { guardedClient, type GuardedClientOptions } from '#lib/product/outgoing/guarded-client.js';
import { startOutside, type Outside } from '../support/outside.js';

let outside: Outside;
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
beforeAll(async () => {
  outside = await startOutside((request, response) => answer(request, response));
});
afterAll(() => outside.close());
beforeEach(() => {
  answer = (_request, response) => response.end('ok');
});

const signature = 'sig=secret';
const urlOf = (path = '/package.zip', host = 'fabrikam.example') =>
  `https://${host}:${outside.port}${path}?${signature}`;
const get = (url: string, options: GuardedClientOptions = {}) => outside.client(options)(url, { method: 'GET' });
const refused = (reason: string) => ({ kind: 'refused', reason });
const failed = (reason: string) => ({ kind: 'failed', reason });

const notPublic = 'The host is not one of the public Internet.';
const notHttps = 'It is not an https address.';

describe('before anything is connected to', () => {
  const asked: string[] = [];
  /** Never connects: whatever is asked for resolves to what no one may be connected to. */
  const guarded = guardedClient({
    resolve: async (host) => {
      asked.push(host);
      return ['127.0.0.1'];
    },
  });

  it.each([
    ['http', 'http://fabrikam.example/', notHttps],
    ['another protocol', 'ftp://fabrikam.example/', notHttps],
    ['a file', 'file:///etc/passwd', notHttps],
    ['no address', 'fabrikam.example', notHttps],
    ['a port that is none', 'https://fabrikam.example:99999/', notHttps],
    ['a zone', 'https://[fe80::1%25eth0]/', notHttps],
    ['a user', 'https://ada@fabrikam.example/', 'The address holds credentials.'],
    ['a password', 'https://:secret@fabrikam.example/', 'The address holds credentials.'],
    ['loopback', 'https://127.0.0.1/', notPublic],
    ['loopback, another port', 'https://127.0.0.1:8443/', notPublic],
    ['loopback in hexadecimal', 'https://0x7f.1/', notPublic],
    ['loopback in octal', 'https://0177.0.0.1/', notPublic],
    ['loopback as one number', 'https://2130706433/', notPublic],
    ['loopback with a dot at the end', 'https://127.0.0.1./', notPublic],
    ['loopback in full-width digits', 'https://１２７.０.０.１/', notPublic],
    ['loopback in IPv6', 'https://[::1]/', notPublic],
    ['loopback mapped into IPv6', 'https://[::ffff:127.0.0.1]/', notPublic],
    ['loopback behind NAT64', 'https://[64:ff9b::127.0.0.1]/', notPublic],
    ['unspecified', 'https://0/', notPublic],
    ['cloud metadata', 'https://169.254.169.254/latest/meta-data', notPublic],
  ])('%s is refused', async (_name, url, reason) => {
    expect(await guarded(url, { method: 'GET' })).toEqual(refused(reason));
    expect(asked).toEqual([]);
  });

  it.each([
    ['localhost', 'https://localhost/', 'localhost'],
    ['localhost with a dot', 'https://localhost./', 'localhost.'],
    ['a name in another script', 'https://bücher.example/', 'xn--bcher-kva.example'],
    ['a name in capitals', 'https://FABRIKAM.example:8443/', 'fabrikam.example'],
  ])('%s is judged by what it resolves to', async (_name, url, host) => {
    expect(await guarded(url, { method: 'GET' })).toEqual(refused(notPublic));
    expect(asked.splice(0)).toEqual([host]);
  });

  it.each([[['93.184.216.34', '10.0.0.1']], [['::ffff:10.0.0.1', '93.184.216.34']], [['not an address']]])(
    '%j is refused for one address',
    async (addresses) => {
      const client = guardedClient({ resolve: async () => addresses });
      expect(await client(urlOf(), { method: 'GET' })).toEqual(refused(notPublic));
    },
  );

  it('the real resolver finds localhost, which is refused', async () => {
    expect(await guardedClient()('https://localhost/', { method: 'GET' })).toEqual(refused(notPublic));
  });

  it('a name that does not resolve fails', async () => {
    const unknown = failed('The name of the host does not resolve.');
    expect(await get(urlOf(), { resolve: async () => [] })).toEqual(unknown);
    expect(await get(urlOf(), { resolve: () => Promise.reject(new Error(`ENOTFOUND ${signature}`)) })).toEqual(unknown);
  });
});

describe('what is asked', () => {
  it('arrives whole, and is answered', async () => {
    const bodies: string[] = [];
    answer = (request, response) => {
      request.on('data', (chunk) => bodies.push(String(chunk)));
      request.on('end', () => response.writeHead(201).end(String(request.headers['x-lead'])));
    };
    const sent = { method: 'POST', headers: { 'x-lead': 'L1' }, body: '{"a":1}' } as const;
    expect(await outside.client()(urlOf('/leads'), sent)).toEqual({ kind: 'answered', status: 201, body: 'L1' });
    expect(bodies).toEqual(['{"a":1}']);
    expect(outside.asked.at(-1)).toBe(`POST fabrikam.example:${outside.port} /leads?${signature}`);
  });

  it.each([200, 206, 404, 410, 500])('an answer %d is an answer', async (status) => {
    answer = (_request, response) => response.writeHead(status).end('x');
    expect(await get(urlOf())).toEqual({ kind: 'answered', status, body: 'x' });
  });

  it('the name is resolved once, and connected to is what was checked', async () => {
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    let times = 0;
    const resolve = async () => answers[times++] ?? [];
    expect(await get(urlOf(), { resolve })).toMatchObject({ kind: 'answered' });
    expect(times).toBe(1);
  });

  it('goes through no proxy, whatever the environment says', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', NO_PROXY: '' });
    try {
      expect(await get(urlOf())).toMatchObject({ kind: 'answered' });
    } finally {
      process.env = before;
    }
  });
});

describe('what comes back', () => {
  it.each([301, 302, 303, 307, 308])('a redirect %d is not followed', async (status) => {
    answer = (_request, response) =>
      response.writeHead(status, { location: urlOf('/elsewhere') }).write('x'.repeat(500_000));
    const before = outside.asked.length;
    expect(await get(urlOf())).toEqual(refused(`It answered ${status}, and redirects are not followed.`));
    expect(outside.asked.slice(before)).toEqual([`GET fabrikam.example:${outside.port} /package.zip?${signature}`]);
  });

  it('64 kB are read of a body that never ends, and its connection is closed', async () => {
    const closed = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        const write = (): void => {
          while (response.write('x'.repeat(10_000)));
        };
        response.on('drain', write).on('close', resolve);
        write();
      };
    });
    expect(await get(urlOf())).toEqual({ kind: 'answered', status: 200, body: 'x'.repeat(65_536) });
    await closed;
  });

  it.each([
    ['never answers', () => undefined],
    ['answers and never ends', (_request: IncomingMessage, response: ServerResponse) => void response.write('x')],
  ])('a server that %s is left after the time for an attempt', async (_name, slow) => {
    answer = slow;
    expect(await get(urlOf(), { attemptMs: 200 })).toEqual(failed('There was no answer within 0.2 s.'));
  });

  it('the time for an attempt is 10 s', async () => {
    const { outgoingLimits } = await import('#lib/product/outgoing/limits.js');
    expect([outgoingLimits.attemptMs, outgoingLimits.bodyBytes]).toEqual([10_000, 65_536]);
  });

  it('a resolver that hangs is left, too', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    expect(await get(urlOf(), { resolve, attemptMs: 100 })).toEqual(failed('There was no answer within 0.1 s.'));
  });

  it('a connection that is cut is a failure, without what its error says', async () => {
    answer = (request) => request.socket.destroy();
    expect(await get(urlOf())).toEqual(failed('The connection failed (UND_ERR_SOCKET).'));
  });

  it('whoever asks can cut it off', async () => {
    const asking = new AbortController();
    answer = () => asking.abort();
    const { signal } = asking;
    const cutOff = failed('The request was cut off.');
    expect(await outside.client()(urlOf(), { method: 'GET', signal })).toEqual(cutOff);
    expect(await outside.client()(urlOf(), { method: 'GET', signal })).toEqual(cutOff);
  });
});

describe('who answers', () => {
  it('must have a certificate that is trusted', async () => {
    const client = guardedClient({ resolve: async () => ['127.0.0.1'], mayConnect: () => true });
    expect(await client(urlOf(), { method: 'GET' })).toEqual(
      failed('The connection failed (DEPTH_ZERO_SELF_SIGNED_CERT).'),
    );
  });

  it('must have a certificate for this name', async () => {
    expect(await get(urlOf('/', 'contoso.example'))).toEqual(
      failed('The connection failed (ERR_TLS_CERT_ALTNAME_INVALID).'),
    );
  });

  describe('at a port', () => {
    let server: Server;
    beforeAll(async () => {
      server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    const url = () => `https://fabrikam.example:${(server.address() as AddressInfo).port}/?${signature}`;

    it('where the connection hangs: left after the time for an attempt', async () => {
      const connected = new Promise<void>((resolve) => {
        server.once('connection', (socket) => socket.on('close', () => resolve()).resume());
      });
      expect(await get(url(), { attemptMs: 200 })).toEqual(failed('There was no answer within 0.2 s.'));
      await connected;
    });

    it('where nobody listens: a failure', async () => {
      const gone = url();
      await new Promise((resolve) => server.close(resolve));
      expect(await get(gone)).toEqual(failed('The connection failed (ECONNREFUSED).'));
    });
  });
});
