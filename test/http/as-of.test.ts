import { logId, send, shown, testServer, type TestServer } from '../support/http.js';
import { shelfProduct } from '../support/shelf.js';

const position = `${logId}.00000000000000000007`;

let server: TestServer;
let owner = '';
let auditor = '';

beforeAll(async () => {
  server = await testServer(shelfProduct);
  owner = await server.keyOf('publisher.owner', { publisherId: 'fabrikam' });
  auditor = await server.keyOf('auditor');
});
afterAll(() => server.close());
beforeEach(() => {
  server.answer({ query: shown });
  server.queries.length = 0;
});

const get = (search: string) => send('GET', `${server.url}/v1/offers/fabrikam.f365${search}`, { key: owner });

describe('asOf', () => {
  it('R90 as of then is asked for by instant, in UTC to the millisecond, or by position, and its answer has no ETag', async () => {
    server.answer({ query: { kind: 'one', position, body: { title: 'A', revision: 7 } } });
    const { status, headers, body } = await get('?asOf=2026-03-01T13:00:00.0019%2B01:00');
    expect([status, headers.get('etag'), body]).toEqual([200, null, { title: 'A', revision: 7, position }]);
    await get(`?asOf=${position}&wait=7`);
    expect(server.queries.map(({ ask: { after, asOf, waitMs } }) => ({ after, asOf, waitMs }))).toEqual([
      { after: null, asOf: { instant: '2026-03-01T12:00:00.001Z' }, waitMs: 2000 },
      { after: null, asOf: { position }, waitMs: 7 },
    ]);
  });

  const inFull = '2026-03-01T12:00:00';
  it.each([
    [`asOf=${inFull}Z`, 200],
    [`asOf=${inFull}.123456789Z`, 200],
    [`asOf=${inFull}%2B05:30`, 200],
    [`asOf=${inFull}-11:00&wait=0`, 200],
    ['asOf=2024-02-29T23:59:59Z', 200],
    [`asOf=${position}`, 200],
    [`asOf=${inFull}+05:30`, 400],
    [`asOf=${inFull}`, 400],
    ['asOf=2026-03-01', 400],
    ['asOf=2026-02-29T12:00:00Z', 400],
    ['asOf=2026-03-01T24:00:00Z', 400],
    ['asOf=2026-03-01T12:60:00Z', 400],
    ['asOf=2026-13-01T12:00:00Z', 400],
    ['asOf=yesterday', 400],
    ['asOf=', 400],
    ['asOf=foreign.00000000000000000007', 400],
    [`asOf=${position}&after=${position}`, 400],
    [`asOf=${inFull}Z&asOf=${inFull}Z`, 400],
  ])('of a query that can be asked as of then, ?%s → %i', async (search, status) => {
    const answer = await send('GET', `${server.url}/v1/offers/fabrikam.f365?${search}`, { key: owner });
    expect([answer.status, answer.body.code]).toEqual([status, status === 400 ? 'PARAMETER_INVALID' : undefined]);
  });

  it('a query that cannot be asked as of then does not know asOf', async () => {
    const { status } = await send('GET', `${server.url}/v1/books?asOf=${inFull}Z`, { key: auditor });
    expect(status).toBe(400);
  });
});
