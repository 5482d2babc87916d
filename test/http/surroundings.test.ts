import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { domainRefusals } from '#lib/domain/refusals.js';
import { productReference } from '../../apps/server/http/product-reference.js';
import { escapeHtml } from '../../apps/server/http/page.js';
import { send, testServer, type TestServer } from '../support/http.js';
import { shelfProduct, shelfRefusals } from '../support/shelf.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer(shelfProduct);
});
afterAll(() => server.close());

/** What a server answers to bytes. */
function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('health', () => {
  it('is alive, and ready when the product says so', async () => {
    expect(await send('GET', `${server.url}/health/live`)).toMatchObject({ status: 200, body: { live: true } });
    expect(await send('GET', `${server.url}/health/ready`)).toMatchObject({ status: 200, body: { ready: true } });
    server.answer({ ready: false });
    const { status, headers, body } = await send('GET', `${server.url}/health/ready`);
    expect([status, headers.get('retry-after'), body]).toEqual([503, '1', { ready: false }]);
    expect(await send('GET', `${server.url}/health/startup`)).toMatchObject({ status: 503, body: { started: false } });
    server.answer({ ready: true });
    expect(await send('GET', `${server.url}/health/startup`)).toMatchObject({ status: 200, body: { started: true } });
  });
});

describe('problem pages', () => {
  it('there is one for every code, and the list names all', async () => {
    const list = (await send('GET', `${server.url}/problems`)).body as string;
    for (const [code, { title, help }] of Object.entries(shelfRefusals)) {
      const page = await send('GET', `${server.url}/problems/${code}`);
      expect(page.status).toBe(200);
      expect(page.body).toContain(escapeHtml(title));
      expect(page.body).toContain(escapeHtml(help));
      expect(page.body).not.toContain('<markup>');
      expect(list).toContain(`/problems/${code}`);
    }
    expect((await send('GET', `${server.url}/problems/NO_SUCH_CODE`)).status).toBe(404);
  });
});

describe('the reference', () => {
  it('is the committed file, for the product as it is', () => {
    const committed = readFileSync(new URL('../../apps/server/openapi.json', import.meta.url), 'utf8');
    expect(committed).toBe(productReference());
  });

  it('lists every code that there is a page for, and each code of the domain has a page', async () => {
    const document = JSON.parse(productReference());
    const product = await testServer();
    const page = (await send('GET', `${product.url}/problems`)).body as string;
    await product.close();
    const codes = [...page.matchAll(/href="\/problems\/(\w+)"/g)].map(([, code]) => code);
    expect(document.components.schemas.Problem.properties.code.enum).toEqual(codes);
    expect(codes).toEqual(expect.arrayContaining(Object.keys(domainRefusals)));
  });

  it('describes every route: parameters, headers, body, answers', async () => {
    const { body } = await send('GET', `${server.url}/openapi.json`);
    expect(body.openapi).toBe('3.1.0');
    const put = body.paths['/publishers/{publisherId}/books'].post;
    const names = (operation: { parameters: { name?: string; $ref?: string }[] }) =>
      operation.parameters.map(({ name, $ref }) => name ?? $ref?.split('/').pop());
    expect(names(put)).toEqual(['publisherId', 'after', 'wait', 'dryRun', 'idempotencyKey', 'ifMatch', 'traceparent']);
    expect(put.requestBody.content['application/json'].schema.required).toEqual(['title', 'pages']);
    expect(Object.keys(put.responses)).toEqual([
      '200',
      '201',
      '400',
      '401',
      '403',
      '404',
      '412',
      '413',
      '415',
      '422',
      '500',
      '503',
    ]);
    expect(body.components.schemas.PutBookAnswer.required).toEqual(['revision', 'position', 'settled', 'bookId']);
    expect(put['x-roles']).toEqual(['publisher.owner', 'marketplaceOperator']);

    const sign = body.paths['/customers/{tenantId}/books/{bookId}/sign'].post;
    expect(sign.parameters).toContainEqual(expect.objectContaining({ name: 'If-Match', required: true }));
    expect(sign.requestBody).toBeUndefined();
    expect(sign.responses).toHaveProperty('428');
    expect(sign.responses['403'].description).toBe('SIGNER_NOT_ALLOWED');

    const list = body.paths['/books'].get;
    expect(names(list)).toEqual(
      expect.arrayContaining(['limit', 'cursor', 'filter[title][prefix]', 'filter[pages][in]']),
    );
    expect(names(list)).not.toContain('filter[pages][prefix]');
    expect(body.components.schemas.ListBooksAnswer.required).toEqual(['rows', 'next', 'position']);
  });

  it("shows what a command's dry run answers beside the events", () => {
    const { schemas } = JSON.parse(productReference()).components;
    const { properties, required } = schemas.UpdateLicensesDryRun;
    expect(required).toEqual(['dryRun', 'revision', 'events', 'plans']);
    expect(Object.keys(properties.plans.items.properties)).toEqual([
      'planId',
      'from',
      'to',
      'seats',
      'excess',
      'dueAt',
    ]);
    expect(schemas.AssignSeatsDryRun.required).toContain('rows');
  });

  it('points only to what it holds', () => {
    const text = productReference();
    const document = JSON.parse(text);
    for (const [, section = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
      expect(document.components[section]).toHaveProperty(name);
    }
  });

  it('has a page that loads nothing from elsewhere', async () => {
    const page = await send('GET', `${server.url}/docs`);
    const start = await send('GET', `${server.url}/docs/start.js`);
    expect([page.status, start.status]).toEqual([200, 200]);
    expect(`${page.body}${start.body}`).not.toMatch(/https?:|\/\/[a-z]/);
    const addresses = [...(page.body as string).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    expect(addresses).toHaveLength(4);
    for (const address of addresses) expect((await send('GET', server.url + address)).status).toBe(200);
    expect((await send('GET', `${server.url}/docs/package.json`)).status).toBe(404);
  });
});

describe('what is hardly HTTP', () => {
  const statusAndCode = (answer: string) => [answer.split(' ')[1], /"code":"(\w+)"/.exec(answer)?.[1]];
  const get = (path: string, more = '') => raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`);

  it.each([
    ['bad percent encoding', '/v1/offers/%zz', '400', 'REQUEST_MALFORMED'],
    ['bytes that are no UTF-8', '/v1/offers/%ff', '400', 'REQUEST_MALFORMED'],
    ['an ID of 301 characters', `/v1/offers/${'a'.repeat(301)}`, '404', 'NOT_FOUND'],
    ['a path that climbs', '/v1/../../etc/passwd', '404', 'NOT_FOUND'],
    ['another case', '/V1/books', '404', 'NOT_FOUND'],
    ['headers of 20 kB', '/', '400', 'REQUEST_MALFORMED', `x: ${'x'.repeat(20_000)}\r\n`],
  ])('%s', async (_name, path, status, code, more = '') => {
    expect(statusAndCode(await get(path, more))).toEqual([status, code]);
  });

  it.each([
    ['noise', '\u0000\u0001\u0002\r\n\r\n'],
    [
      'a body without an end',
      'POST /v1/reviews HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
    ['two lengths', 'POST /v1/reviews HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}'],
  ])('%s', async (_name, bytes) => {
    expect((await raw(bytes)).split(' ')[1]).toBe('400');
  });
});
