import { LedgerEntry } from '#lib/views/license-ledger.js';
import { fieldsOf } from '../../apps/server/http/message-parts.js';
import { startMs, TestProduct, type Client } from '../support/product.js';
import { enroll, licensedCustomer, liveOffer, offer, ok, updateLicenses } from '../support/story.js';

let product: TestProduct;
let auditor: Client;
let tenants: string[];

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  auditor = await product.as('auditor');
  tenants = [];
  for (const gold of [3, 2]) {
    const { tenantId } = await licensedCustomer(product, { gold, bronze: 1 });
    const admin = await product.as('customer.licenseAdmin', { tenantId });
    await ok(admin.post(`/customers/${tenantId}/pools/${offer}.gold/assign`, { personIds: ['ann', 'bob'] }));
    product.clock.advance(1_000);
    tenants.push(tenantId);
  }
}, startMs);
afterAll(() => product.stop(), startMs);

const exported = async (search: string) => {
  const answer = await ok(auditor.get('/ledger/export', { after: false, search }));
  return {
    text: String(answer.body),
    position: answer.headers.get('position') ?? '',
    type: answer.headers.get('content-type'),
  };
};
const rowsOf = (text: string): Record<string, unknown>[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
const byReference = (rows: readonly Record<string, unknown>[]) =>
  [...rows].sort((a, b) => (String(a['reference']) < String(b['reference']) ? -1 : 1));

describe('the ledger as a file', () => {
  it('R90 holds the rows of the list, in the order of the log, and the same bytes as of the same position', async () => {
    const listed = await ok(auditor.get('/ledger', { search: 'limit=200' }));
    for (const format of ['ndjson', 'csv']) {
      const now = await exported(`format=${format}`);
      if (format === 'ndjson') expect(byReference(rowsOf(now.text))).toEqual(byReference(listed.body.rows));
      const at = product.clock.now();
      product.clock.advance(1_000);
      const { tenantId } = await licensedCustomer(product, { silver: 1 });
      expect(await exported(`format=${format}&asOf=${now.position}`)).toEqual(now);
      expect((await exported(`format=${format}&asOf=${at}`)).text).toBe(now.text);
      const later = await exported(`format=${format}`);
      expect(later.text.startsWith(now.text)).toBe(true);
      expect(later.text.slice(now.text.length)).toContain(tenantId);
    }
  });

  it('of one customer or publisher holds its rows with the totals of all; of one that is not there, none', async () => {
    const [tenantId = ''] = tenants;
    const { text, type } = await exported(`tenantId=${tenantId.toUpperCase()}`);
    expect(type).toBe('application/x-ndjson; charset=utf-8');
    const all = rowsOf((await exported('')).text);
    expect(rowsOf(text)).toEqual(all.filter((row) => row['tenantId'] === tenantId));
    expect(rowsOf(text).map(({ event, licenses, seats }) => [event, licenses, seats])).toEqual(
      expect.arrayContaining([
        ['LicensesActivated', 3, 0],
        ['SeatAssigned', 3, 2],
      ]),
    );
    expect(rowsOf((await exported('publisherId=fabrikam')).text)).toEqual(all);
    for (const nobody of ['publisherId=adatum', 'tenantId=', 'publisherId=']) {
      expect((await exported(nobody)).text).toBe('');
    }
  });

  it('as CSV has a column for each field, and a line for each row', async () => {
    const { text, type } = await exported('format=csv');
    expect(type).toBe('text/csv; charset=utf-8');
    const [head = '', ...lines] = text.split('\r\n');
    const { properties } = fieldsOf(LedgerEntry);
    const names = Object.keys(properties).flatMap((name) =>
      name === 'who' ? ['kind', 'id', 'role', 'personId'].map((part) => `who.${part}`) : [name],
    );
    expect(head.split(',').sort()).toEqual(names.sort());
    expect(lines.length - 1).toBe(rowsOf((await exported('')).text).length);
    expect(lines.at(-1)).toBe('');
  });

  it.each(['asOf=yesterday', 'asOf=', 'asOf=2026-02-30T00:00:00Z', 'asOf=x.00000000000000000001', 'format=xml'])(
    'refuses ?%s',
    async (search) => {
      const { status, body } = await auditor.get('/ledger/export', { after: false, search });
      expect([status, body.code]).toEqual([400, 'PARAMETER_INVALID']);
    },
  );

  it('goes on being written while licenses change', async () => {
    const { tenantId, dealId } = await licensedCustomer(product, { gold: 1 });
    const before = await exported(`tenantId=${tenantId}`);
    await ok(updateLicenses(product, dealId, tenantId, { gold: 2 }));
    const after = await exported(`tenantId=${tenantId}`);
    expect(rowsOf(after.text.slice(before.text.length))[0]).toMatchObject({
      event: 'LicenseCountChanged',
      from: 1,
      to: 2,
    });
  });
});
