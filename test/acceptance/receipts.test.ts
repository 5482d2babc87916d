import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seatledger } from '../cli/terminal.js';
import { startMs, TestProduct } from '../support/product.js';
import { newFolder } from '../support/sqlite.js';
import { enroll, licensedCustomer, liveOffer, offer, ok, updateLicenses } from '../support/story.js';

let product: TestProduct;

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
}, startMs);
afterAll(() => product.stop(), startMs);

/** Replays the lines of a file, as an auditor. */
async function replay(lines: readonly unknown[], ...more: readonly string[]) {
  const { key } = await product.as('auditor');
  const environment = { SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: key ?? '' };
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  return seatledger(['audit', 'replay-receipts', '-', ...more], { environment, stdin: text });
}

const contentOf = ({ receipt }: { receipt: string }) => JSON.parse(receipt.split('\n')[1] ?? '');
const changed = (answer: { receipt: string }, from: string, to: string) => {
  expect(answer.receipt).toContain(from);
  return { ...answer, receipt: answer.receipt.replace(from, to) };
};

async function goldCustomer() {
  const { tenantId, dealId } = await licensedCustomer(product, { gold: 2 });
  const admin = await product.as('customer.licenseAdmin', { tenantId });
  const app = await product.as('app', { publisherId: 'fabrikam' });
  await ok(admin.post(`/customers/${tenantId}/pools/${offer}.gold/assign`, { personIds: ['ann'] }));
  const check = async (personId: string, component: string, search = 'receipt=true') =>
    (await ok(app.post('/checks', { offer, tenantId, personId, component }, { search }))).body;
  return { tenantId, dealId, admin, check };
}

describe('receipts of checks', () => {
  it('R84 hold what the answer follows from, exactly where the log ended for it; who does not ask for one gets none', async () => {
    const { tenantId, check } = await goldCustomer();
    const { receipt, position, ...answer } = await check('ann', 'GoldApp');
    expect(contentOf({ receipt })).toEqual({
      query: 'CheckUsageRight',
      input: { offer, tenantId, personId: 'ann', component: 'GoldApp', serviceId: null },
      caller: { publisherId: 'fabrikam' },
      now: product.clock.now(),
      position,
      policy: 1,
      answer,
    });
    expect(position >= (product.seen ?? '')).toBe(true);
    expect(Object.keys(await check('ann', 'GoldApp', 'receipt=false'))).not.toContain('receipt');
    const app = await product.as('app', { publisherId: 'fabrikam' });
    const fields = { offer, tenantId, personId: 'ann', component: 'GoldApp' };
    expect((await app.post('/checks', fields, { search: 'receipt=perhaps' })).status).toBe(400);
    const auditor = await product.as('auditor');
    expect((await auditor.get(`/customers/${tenantId}/licenses`, { search: 'receipt=true' })).status).toBe(400);
  });

  it('are answered as they were at their position, whatever has happened since', async () => {
    const { tenantId, dealId, admin, check } = await goldCustomer();
    const kept: Record<string, string>[] = [];
    const checkAll = async () => {
      for (const person of ['ann', 'bob'])
        for (const app of ['GoldApp', 'SilverApp', 'HomeApp']) kept.push(await check(person, app));
    };
    await checkAll();
    await ok(admin.post(`/customers/${tenantId}/pools/${offer}.gold/assign`, { personIds: ['bob'] }));
    await checkAll();
    await ok(updateLicenses(product, dealId, tenantId, { gold: 1 }));
    await checkAll();
    await ok(updateLicenses(product, dealId, tenantId, {}, ['gold']));
    await checkAll();
    expect(new Set(kept.map(({ code }) => code))).toEqual(
      new Set(['ACTIVE', 'SEAT_NOT_ASSIGNED', 'LICENSES_DEACTIVATED', 'UNRESTRICTED']),
    );
    expect(await replay(kept)).toEqual({
      code: 0,
      stdout: `${kept.length} receipts, all answered as they were.\n`,
      stderr: '',
    });
    const auditor = await product.as('auditor');
    for (const { receipt = '' } of kept.slice(0, 3)) {
      const { body } = await ok(auditor.post('/receipts/replay', { receipt }));
      expect([body.genuine, body.same, body.then]).toEqual([true, true, body.now]);
    }
  });

  it('are seen to be genuine without a server, by whoever has the key', async () => {
    const { check } = await goldCustomer();
    const kept = [await check('ann', 'GoldApp'), await check('bob', 'GoldApp')];
    const auditor = await product.as('auditor');
    const [key, file] = [join(newFolder(), 'key.txt'), join(newFolder(), 'receipts.ndjson')];
    writeFileSync(key, (await ok(auditor.get('/audit/head'))).body.publicKey);
    const verify = async (answers: readonly object[]) => {
      writeFileSync(file, answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
      return seatledger(['audit', 'verify', file, '--heads', key]);
    };
    const verified = await verify(kept);
    expect([verified.code, verified.stdout.split('\n').slice(1)]).toEqual([
      0,
      ['2 receipts, signed by this installation, with the answers beside them.', 'Everything holds.', ''],
    ]);
    const [, ofBob] = kept;
    const lied = await verify([{ ...ofBob, allowed: true }]);
    expect([lied.code, lied.stdout.split('\n').slice(2)]).toEqual([
      1,
      ['Line 1: tells another answer than its receipt.', 'It does not hold: 1 fault.', ''],
    ]);
  });

  it('name the very position whose fold was read, also while seats come and go', async () => {
    const { tenantId, admin, check } = await goldCustomer();
    const pool = `/customers/${tenantId}/pools/${offer}.gold`;
    const kept: { code: string; position: string }[] = [];
    let isOver = false;
    const asking = Array.from({ length: 4 }, async () => {
      while (!isOver && kept.length < 100) kept.push(await check('bob', 'GoldApp'));
    });
    for (let round = 0; round < 10; round += 1) {
      await ok(admin.post(`${pool}/assign`, { personIds: ['bob'] }, { after: false }));
      await check('bob', 'GoldApp');
      await ok(admin.post(`${pool}/unassign`, { personIds: ['bob'] }, { after: false }));
      await check('bob', 'GoldApp');
    }
    isOver = true;
    await Promise.all(asking);
    expect(new Set(kept.map(({ code }) => code))).toEqual(new Set(['ACTIVE', 'SEAT_NOT_ASSIGNED']));
    expect(new Set(kept.map(({ position }) => position)).size).toBeGreaterThan(5);
    expect(await replay(kept)).toMatchObject({ code: 0, stderr: '' });
  }, 60_000);

  it('that somebody changed are told: not genuine, and answered otherwise if the answer was changed', async () => {
    const { check } = await goldCustomer();
    const answer = await check('bob', 'GoldApp');
    const forged = changed(answer, '"allowed":false,"code":"SEAT_NOT_ASSIGNED"', '"allowed":true,"code":"ACTIVE"');
    const another = changed(answer, '"personId":"bob"', '"personId":"eve"');
    const resigned = changed(answer, '— seatledger/', '— seatledger/0');
    const { code, stdout, stderr } = await replay([answer, forged, another, resigned]);
    expect([code, stderr]).toEqual([1, 'Of 4 receipts, 3 are not answered as they were.\n']);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.startsWith('line'))).toEqual([
      'line 2: is answered otherwise; the receipt is not genuine',
      'line 3: is answered as it was; the receipt is not genuine',
      'line 4: is answered as it was; the receipt is not genuine',
    ]);
    expect(lines[2]).toMatch(/^ {2}then, by policy 1: \{"allowed":true,"code":"ACTIVE",/);
    expect(lines[3]).toMatch(/^ {2}now, by policy 1: \{"allowed":false,"code":"SEAT_NOT_ASSIGNED",/);
    const [told] = (await replay([forged], '--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([told.line, told.genuine, told.same]).toEqual([1, false, false]);
  });

  it('of another policy are the same as long as the answer is', async () => {
    const { check } = await goldCustomer();
    const auditor = await product.as('auditor');
    const { receipt } = changed(await check('ann', 'GoldApp'), '"policy":1', '"policy":0');
    const { body } = await ok(auditor.post('/receipts/replay', { receipt }));
    expect([body.same, body.then.policy, body.now.policy, body.then.answer]).toEqual([true, 0, 1, body.now.answer]);
  });

  it('that cannot be replayed are refused, and told as such by their line', async () => {
    const { check } = await goldCustomer();
    const answer = await check('ann', 'GoldApp');
    const position = contentOf(answer).position as string;
    const lines = [
      'no JSON',
      { allowed: true },
      { receipt: 'no note' },
      changed(answer, '"query":"CheckUsageRight"', '"query":"ExplainCheck"'),
      changed(answer, '"personId":"ann"', '"personId":1'),
      changed(answer, `"position":"${position}"`, `"position":"x${position}"`),
      changed(
        answer,
        `"position":"${position}"`,
        `"position":"${position.replace(/[.].*/, (place) => place.replace(/\d/g, '9'))}"`,
      ),
      changed(answer, '"policy":1', '"policy":"1"'),
      '',
    ];
    const { code, stdout, stderr } = await replay(lines);
    expect([code, stderr]).toEqual([1, 'Of 8 receipts, 8 are not answered as they were.\n']);
    expect(stdout.split('\n').filter((line) => line.startsWith('line'))).toEqual([
      'line 1: It is no answer with a receipt.',
      'line 2: It is no answer with a receipt.',
      'line 3: It is not what an answer had as its receipt.',
      'line 4: No such query.',
      'line 5: CheckUsageRight/personId must be string',
      'line 6: Its position is of another log than this one.',
      'line 7: This position lies beyond the end of the log.',
      'line 8: It is not what an answer had as its receipt.',
    ]);
    const auditor = await product.as('auditor');
    const refused = await auditor.post('/receipts/replay', { receipt: 'no note' });
    expect([refused.status, refused.body.code]).toEqual([422, 'RECEIPT_UNUSABLE']);
    const { key } = await product.as('app', { publisherId: 'fabrikam' });
    const environment = { SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: key ?? '' };
    const file = join(newFolder(), 'receipts.ndjson');
    writeFileSync(file, `${JSON.stringify(answer)}\n`);
    const asApp = await seatledger(['audit', 'replay-receipts', file], { environment });
    expect([asApp.code, asApp.stdout]).toEqual([1, '']);
    const missing = await seatledger(['audit', 'replay-receipts', `${file}.gone`], { environment });
    expect([missing.code, missing.stderr]).toEqual([1, `${file}.gone cannot be used (ENOENT).\n`]);
  });
});
