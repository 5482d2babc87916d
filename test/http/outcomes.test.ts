import { BrokenEventError, UnknownEventError } from '#lib/engine/catalog.js';
import { OutcomeUnknownError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { done, logId, send, shown, testServer, type TestServer } from '../support/http.js';
import { shelfProduct } from '../support/shelf.js';

const position = `${logId}.00000000000000000007`;
const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
const book = { title: 'A', pages: 3 };

let server: TestServer;
let owner = '';

beforeAll(async () => {
  server = await testServer(shelfProduct);
  owner = await server.keyOf('publisher.owner', { publisherId: 'fabrikam', personId: 'ann' });
});
afterAll(() => server.close());
beforeEach(() => {
  server.answer({ command: done, query: shown });
  server.commands.length = 0;
  server.queries.length = 0;
  server.logged.length = 0;
});

const put = (options: Parameters<typeof send>[2] = {}, search = '') =>
  send('POST', `${server.url}/v1/publishers/fabrikam/books${search}`, { key: owner, body: book, ...options });

/** A problem of one fault, in full. */
const problem = (
  status: number,
  code: string,
  title: string,
  detail: unknown,
  more: object = {},
  rule: string | null = null,
) => ({
  type: `/problems/${code}`,
  title,
  status,
  detail,
  code,
  rule,
  errors: [{ pointer: null, code, rule, detail }],
  traceId: trace,
  ...more,
});
const safe = 'Nothing was written; the same request is safe to send again.';
const notYours = 'There is no such thing, or it is not yours.';
const again = 'It may have been written; the same idempotency key is safe to send again.';
const failed = 'Something failed that should not have; it was noted.';
const lag = `Not everything up to the position asked for is there; it is at ${position}.`;
const secret = new Error('SELECT * FROM events: disk I/O error in /data/events.db');

const nameOf = (outcome: Error | { kind: string }) =>
  outcome instanceof Error ? `thrown: ${outcome.message}` : outcome.kind;

describe('an outcome of a command that is no success', () => {
  type Case = [Parameters<TestServer['answer']>[0]['command'] & object, object, Record<string, string>, number];
  const cases: Case[] = [
    [{ kind: 'notFound' }, problem(404, 'NOT_FOUND', 'There is no such thing', notYours), {}, 0],
    [
      { kind: 'forbidden' },
      problem(403, 'FORBIDDEN', 'This role may not do this', 'The role of this key may not do this.'),
      {},
      0,
    ],
    [
      { kind: 'revisionRequired', actual: 4 },
      problem(
        428,
        'REVISION_REQUIRED',
        'This command states the revision that was seen',
        'State the revision you saw as If-Match.',
        { revision: 4 },
        'R76',
      ),
      { etag: '"r4"' },
      0,
    ],
    [
      { kind: 'stale', actual: 4 },
      problem(
        412,
        'STALE_REVISION',
        'Something changed since it was read',
        'It is at revision 4 now.',
        { revision: 4 },
        'R76',
      ),
      { etag: '"r4"' },
      0,
    ],
    [
      { kind: 'keyReused' },
      problem(
        422,
        'KEY_REUSED',
        'The idempotency key was used for something else',
        'This idempotency key came with another command or body before.',
      ),
      {},
      0,
    ],
    [
      { kind: 'tooLarge', detail: '1001 events' },
      problem(422, 'COMMAND_TOO_LARGE', 'The command changes too much at once', '1001 events'),
      {},
      0,
    ],
    [
      { kind: 'contended' },
      problem(503, 'CONTENDED', 'Others kept changing the same thing', safe),
      { 'retry-after': '1' },
      0,
    ],
    [
      { kind: 'unavailable', detail: secret.message },
      problem(503, 'STORE_UNAVAILABLE', 'Nothing can be written at the moment', safe),
      { 'retry-after': '5' },
      1,
    ],
    [
      { kind: 'unknown' },
      problem(503, 'OUTCOME_UNKNOWN', 'Whether it was written is not known', again),
      { 'retry-after': '1' },
      1,
    ],
    [
      { kind: 'behind', position },
      problem(503, 'VIEW_BEHIND', 'The view has not got there yet', lag, { position }),
      { 'retry-after': '1' },
      0,
    ],
    [secret, problem(500, 'INTERNAL', 'The server failed', failed), {}, 1],
    [
      new StoreUnavailableError('full'),
      problem(503, 'STORE_UNAVAILABLE', 'Nothing can be written at the moment', safe),
      { 'retry-after': '5' },
      1,
    ],
    [
      new OutcomeUnknownError('lost'),
      problem(503, 'OUTCOME_UNKNOWN', 'Whether it was written is not known', again),
      { 'retry-after': '1' },
      1,
    ],
    ...[new UnknownEventError('SeatLent of version 2'), new BrokenEventError('seatPool-1.2@3: /personId')].map(
      (unreadable): Case => [
        unreadable,
        problem(
          503,
          'HISTORY_UNREADABLE',
          'Its history cannot be read by this build',
          'Nothing was written; one of its events cannot be read.',
        ),
        { 'retry-after': '60' },
        1,
      ],
    ),
    [
      { kind: 'rejected', refusals: [{ code: 'NO_SUCH_CODE', detail: 'A bug.', pointer: null }] },
      problem(500, 'INTERNAL', 'The server failed', failed),
      {},
      1,
    ],
  ];
  it.each(cases.map((row) => [nameOf(row[0]), ...row] as const))(
    '%s',
    async (_name, command, expected, expectedHeaders, logged) => {
      server.answer({ command });
      const { headers, body } = await put({ headers: { traceparent } });
      expect(body).toEqual(expected);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'application/problem+json; charset=utf-8',
        'trace-id': trace,
        ...expectedHeaders,
      });
      expect(server.logged).toHaveLength(logged);
    },
  );

  it('that breaks rules names the first in the order of rules, and lists all', async () => {
    const refusal = (code: string, pointer: string | null) => ({ code, detail: `${code}.`, pointer });
    server.answer({
      command: {
        kind: 'rejected',
        refusals: [refusal('SHELF_FULL', null), refusal('TITLE_INVALID', '/title'), refusal('PAGES_INVALID', '/pages')],
      },
    });
    const { status, body } = await put();
    expect(status).toBe(422);
    expect(body).toEqual({
      type: '/problems/PAGES_INVALID',
      title: 'The number of pages is not valid',
      status: 422,
      detail: 'PAGES_INVALID.',
      code: 'PAGES_INVALID',
      rule: 'R2',
      errors: [
        { pointer: '/pages', code: 'PAGES_INVALID', rule: 'R2', detail: 'PAGES_INVALID.' },
        { pointer: '/title', code: 'TITLE_INVALID', rule: 'R9', detail: 'TITLE_INVALID.' },
        { pointer: null, code: 'SHELF_FULL', rule: null, detail: 'SHELF_FULL.' },
      ],
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('with a code of a 403 is that before any rule', async () => {
    const refusals = ['PAGES_INVALID', 'SIGNER_NOT_ALLOWED'].map((code) => ({ code, detail: '', pointer: null }));
    server.answer({ command: { kind: 'rejected', refusals } });
    expect((await put()).body).toMatchObject({ status: 403, code: 'SIGNER_NOT_ALLOWED', rule: 'R57' });
  });
});

describe('an outcome of a query that is no success', () => {
  const since = '2026-03-01T00:00:00.000Z';
  const cases: [Parameters<TestServer['answer']>[0]['query'] & object, object, string | null][] = [
    [{ kind: 'notFound' }, problem(404, 'NOT_FOUND', 'There is no such thing', notYours), null],
    [
      { kind: 'forbidden' },
      problem(403, 'FORBIDDEN', 'This role may not do this', 'The role of this key may not do this.'),
      null,
    ],
    [
      { kind: 'behind', position },
      problem(503, 'VIEW_BEHIND', 'The view has not got there yet', lag, { position }),
      '1',
    ],
    [
      { kind: 'parked', since, position },
      problem(503, 'DOCUMENT_PARKED', 'This part of the view waits for an operator', `It waits since ${since}.`, {
        since,
        position,
      }),
      '60',
    ],
    [
      { kind: 'tooWide', detail: 'It rests on more than 5 streams.' },
      problem(
        422,
        'AS_OF_TOO_WIDE',
        'An earlier state of so much cannot be answered at once',
        'It rests on more than 5 streams.',
      ),
      null,
    ],
    [
      { kind: 'malformed', parameter: 'cursor', detail: 'It is not signed.' },
      problem(400, 'PARAMETER_INVALID', 'A parameter or header is not valid', 'cursor: It is not signed.'),
      null,
    ],
    [secret, problem(500, 'INTERNAL', 'The server failed', failed), null],
  ];
  it.each(cases.map((row) => [nameOf(row[0]), ...row] as const))('%s', async (_name, query, expected, retryAfter) => {
    server.answer({ query });
    const { headers, body } = await send('GET', `${server.url}/v1/offers/fabrikam.f365`, {
      key: owner,
      headers: { traceparent },
    });
    expect(body).toEqual(expected);
    expect(headers.get('retry-after')).toBe(retryAfter);
  });
});

it('an action waits for `after` as commands and queries do, and says how far it is when the time has passed', async () => {
  const admin = await server.keyOf('admin');
  const list = () =>
    send('GET', `${server.url}/v1/keys?after=${position}&wait=0`, { key: admin, headers: { traceparent } });
  expect((await list()).status).toBe(200);
  server.answer({ command: { kind: 'behind', position } });
  const { headers, body } = await list();
  expect(body).toEqual(problem(503, 'VIEW_BEHIND', 'The view has not got there yet', lag, { position }));
  expect(headers.get('retry-after')).toBe('1');
});
