import { views } from '#lib/views/views.js';
import { differenceOf } from '../../apps/cli/difference.js';
import { fieldsOf } from '../../apps/server/http/message-parts.js';
import { startMs, TestProduct } from '../support/product.js';
import { enroll, licensedCustomer, liveOffer, newTenant, offer, ok, updateLicenses } from '../support/story.js';
import { seatledger } from './terminal.js';

let product: TestProduct;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
}, startMs);
afterAll(() => product.stop(), startMs);

const asAuditor = async () => {
  const { key } = await product.as('auditor');
  return { environment: { SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: key ?? '' } };
};
const audit = async (...args: readonly string[]) => seatledger(['audit', ...args], await asAuditor());
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await audit(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

/** Gold 3 with two seats, then gold 1 and bronze 4; at an instant before, between and after. */
async function customer() {
  const before = product.clock.now();
  product.clock.advance(1_000);
  const { tenantId, dealId } = await licensedCustomer(product, { gold: 3 });
  const admin = await product.as('customer.licenseAdmin', { tenantId });
  await ok(admin.post(`/customers/${tenantId}/pools/${offer}.gold/assign`, { personIds: ['ann', 'bob'] }));
  await ok(admin.get(`/customers/${tenantId}/licenses`));
  const between = product.clock.now();
  product.clock.advance(1_000);
  await ok(updateLicenses(product, dealId, tenantId, { gold: 1, bronze: 4 }));
  const { body } = await ok(admin.get(`/customers/${tenantId}/licenses`));
  return { tenantId, dealId, before, between, after: product.clock.now(), position: body.position };
}

describe('R90 seatledger audit', () => {
  it('as-of tells what a query would have answered at an instant or a position', async () => {
    const { tenantId, between, position } = await customer();
    const path = `/customers/${tenantId}/licenses`;
    const totals = ({ rows }: { rows: { planId: string; total: number; seats: number }[] }) =>
      rows.map(({ planId, total, seats }) => [planId, total, seats]);
    expect(totals(await json('as-of', path, '--at', between))).toEqual([['gold', 3, 2]]);
    const later = await json('as-of', `/v1${path}?filter[offer][eq]=${offer}`, '--at', position);
    expect([totals(later), later.position]).toEqual([
      [
        ['bronze', 4, 0],
        ['gold', 1, 2],
      ],
      position,
    ]);
    const { code, stdout } = await audit('as-of', path, '--at', between);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${path} when the log ended at \\S+\\n${offer}[.]gold\\n( {2}\\w+: .*\\n)+$`));
    expect(stdout).toContain('\n  total: 3\n  seats: 2\n');
  });

  it('as-of of one thing is that thing; of a list that was empty nothing; of what was not there a refusal', async () => {
    const { dealId, tenantId, before, between } = await customer();
    const deal = await json('as-of', `/deals/${dealId}`, '--at', between);
    expect([deal.dealId, deal.lines.length]).toEqual([dealId, 1]);
    expect((await audit('as-of', `/deals/${dealId}`, '--at', between)).stdout).toContain(`\n  dealId: ${dealId}\n`);
    const empty = await audit('as-of', `/customers/${tenantId}/licenses`, '--at', before);
    expect([empty.code, empty.stdout]).toEqual([
      0,
      expect.stringMatching(/licenses when the log ended at \S+: nothing\n$/),
    ]);
    const refused = await audit('as-of', `/deals/${dealId}`, '--at', before);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      `There was no /deals/${dealId} then, or it is not this key's to see.\n`,
    ]);
  });

  it('diff tells rows that are there, gone or changed, value by value', async () => {
    const { tenantId, before, between, after } = await customer();
    const path = `/customers/${tenantId}/licenses`;
    const difference = await json('diff', path, '--from', between, '--to', after);
    expect(difference.added.map(({ planId }: { planId: string }) => planId)).toEqual(['bronze']);
    expect(difference.gone).toEqual([]);
    expect(difference.changed).toMatchObject([
      {
        key: `${offer}.gold`,
        changes: [
          { pointer: '/revision', from: 2, to: 4 },
          { pointer: '/total', from: 3, to: 1 },
          { pointer: '/available', from: 1, to: 0 },
          { pointer: '/conflict', from: null, to: { excess: 1, overdue: false } },
          { pointer: '/byDeal' },
        ],
      },
    ]);
    const told = (await audit('diff', path, '--from', between, '--to', after)).stdout;
    expect(told).toMatch(
      new RegExp(
        `^\\+ ${offer}[.]bronze\\n(    .*\\n)+~ ${offer}[.]gold\\n    /revision: 2 → 4\\n    /total: 3 → 1\\n`,
      ),
    );
    const back = await json('diff', path, '--from', after, '--to', before);
    expect([back.added, back.gone.length, back.changed]).toEqual([[], 2, []]);
    expect((await audit('diff', path, '--from', after, '--to', after)).stdout).toBe('Nothing differs.\n');
  });

  it('ledger writes every entry as the server does, to standard output, and says as of when', async () => {
    const { tenantId, between } = await customer();
    const auditor = await product.as('auditor');
    const search = `format=csv&tenantId=${tenantId}&asOf=${between}`;
    const { body, headers } = await ok(auditor.get('/ledger/export', { after: false, search }));
    const written = await audit('ledger', '--tenant', tenantId, '--as-of', between);
    expect([written.code, written.stdout]).toEqual([0, body]);
    expect(written.stderr).toBe(`As of ${headers.get('position')}\n`);
    const whole = await audit('ledger', '--format', 'ndjson', '--publisher', 'fabrikam');
    expect(whole.stdout.split('\n').length).toBeGreaterThan(written.stdout.split('\n').length);
    const seen = await seatledger(['audit', 'ledger'], { ...(await asAuditor()), isTTY: true, stepMs: 200 });
    expect(seen.stderr).toMatch(/^\rWritten: 0[.]0 MB\u001B\[K.*\r\u001B\[KAs of /);
    expect((await audit('ledger', '--format', 'xml')).code).toBe(2);
    const refused = await audit('ledger', '--as-of', 'yesterday');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
  });

  it('refuses a path that cannot be asked so, and a moment that is none, and says what to do', async () => {
    const wrong = await audit('as-of', '/ledger', '--at', product.clock.now());
    expect([wrong.code, wrong.stderr.split('\n')[0]]).toEqual([1, '/ledger cannot be asked as of then. What can be:']);
    expect(wrong.stderr).toContain('\n/customers/{tenantId}/licenses\n');
    const never = await audit('as-of', `/customers/${newTenant()}/licenses`, '--at', 'yesterday');
    expect(never.code).toBe(1);
    expect(never.stderr).toMatch(
      /^asOf must be an instant like 2026-03-01T12:00:00Z .*\n\S+\/problems\/PARAMETER_INVALID\n$/,
    );
  });

  it('a list has a key of fields that its rows have', () => {
    const lists = views
      .flatMap(({ queries }) => queries)
      .filter(({ answers, query }) => answers === 'list' && query.http.asOf);
    const wrong = lists.filter(({ query: { rowKey = [], answers } }) => {
      const { required } = fieldsOf(answers);
      return rowKey.length === 0 || !rowKey.every((field) => required.includes(field));
    });
    expect(wrong.map(({ query }) => query.type)).toEqual([]);
  });
});

describe('the difference of two answers', () => {
  const asked = { path: '/things', rowKey: ['id'] };

  it('goes into objects, and takes lists and what is missing as wholes', () => {
    const from = [{ id: 'a', one: { 'x/y~': 1, same: [1] }, list: [1, 2], gone: 'x' }];
    const to = [{ id: 'a', one: { 'x/y~': 2, same: [1] }, list: [2, 1], is: null }];
    expect(differenceOf(from, to, asked).changed).toEqual([
      {
        key: 'a',
        changes: [
          { pointer: '/one/x~1y~0', from: 1, to: 2 },
          { pointer: '/list', from: [1, 2], to: [2, 1] },
          { pointer: '/gone', from: 'x', to: null },
          { pointer: '/is', from: null, to: null },
        ],
      },
    ]);
  });
});
