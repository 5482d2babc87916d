import { projections } from '#lib/product/registries.js';
import { startMs, TestProduct } from '../support/product.js';
import { enroll, liveOffer } from '../support/story.js';
import { seatledger } from './terminal.js';

let product: TestProduct;
let environment: Record<string, string>;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  const { key } = await product.as('operator');
  environment = { SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: key ?? '' };
}, startMs);
afterAll(() => product.stop(), startMs);

const run = (...args: string[]) => seatledger(args, { environment });

describe('seatledger on a running server', () => {
  it('status shows every view, for people and as JSON', async () => {
    const { code, stdout, stderr } = await run('status');
    expect([code, stderr]).toEqual([0, '']);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toBe('view               documents  events behind  time behind  parked  verified  rebuild');
    expect(rows.map((row) => row.split(' ')[0])).toEqual(projections.map(({ name }) => name));
    const json = JSON.parse((await run('status', '--json')).stdout) as { view: string }[];
    expect(json.map(({ view }) => view)).toEqual(projections.map(({ name }) => name));
  });

  it('rebuild builds views anew and switches to them; operation asks it to go back', async () => {
    const { code, stdout, stderr } = await run('rebuild', 'plans', 'seats');
    expect([code, stderr]).toEqual([0, '']);
    const [, id = ''] = /^Operation (\S+) is switched\. It can be asked to: roll-back, finish\.$/m.exec(stdout) ?? [];
    expect(stdout).toContain('plans  live\nseats  live\n');
    expect((await run('status')).stdout).toMatch(new RegExp(`^plans .* ${id}$`, 'm'));
    expect(await run('rebuild', 'seats')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`seats belongs to operation ${id}.`),
    });
    const back = await run('operation', id, 'roll-back');
    expect([back.code, back.stdout]).toEqual([0, expect.stringContaining(`Operation ${id} is rolledBack.\n`)]);
    const again = await run('operation', id, 'cancel');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('It is rolledBack, which allows nothing.')]);
  }, 60_000);

  it('rebuild --by-hand waits for a decision; --no-wait only begins', async () => {
    const ready = JSON.parse((await run('rebuild', 'plans', '--by-hand', '--json')).stdout);
    expect(ready).toMatchObject({ status: 'ready', steps: [{ name: 'plans', status: 'equal' }] });
    expect((await run('operation', ready.id, 'cancel')).stdout).toContain('is canceled.');
    const begun = JSON.parse((await run('rebuild', 'plans', '--no-wait', '--json')).stdout);
    expect(begun.status).toBe('running');
  }, 60_000);

  it('verify tells that nothing differs, and what does', async () => {
    expect(await run('verify', 'offer-status')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('offer-status  equal\n'),
    });
    const sampled = await run('verify', 'offer-status', 'seats', '--sample', '10');
    expect([
      sampled.code,
      sampled.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd()),
    ]).toEqual([
      0,
      [
        'view          documents compared',
        'offer-status  2',
        'seats         0                   can only be verified whole',
      ],
    ]);
    await product.stop();
    const { kind, key } = await product.changeDocument('offer-status');
    await product.start();
    environment['SEATLEDGER_SERVER'] = product.url;
    const otherwise = await run('verify', 'offer-status', '--sample', '10');
    expect([otherwise.code, otherwise.stderr]).toEqual([
      1,
      'Folded again, these documents came out otherwise than what is read.\n',
    ]);
    expect(otherwise.stdout).toContain(`offer-status: ${kind} ${key} is otherwise in what was folded anew\n`);
    const { code, stdout, stderr } = await run('verify', 'offer-status');
    expect(code).toBe(1);
    expect(stdout).toContain(`offer-status: ${kind} ${key} is otherwise in what was folded anew\n`);
    expect(stderr).toBe('Built anew, offer-status came out otherwise than what is read: see the differences.\n');
  }, 60_000);

  it.each<[string, string[], Record<string, string>, string]>([
    ['a view that there is not', ['rebuild', 'chairs'], {}, 'There is no view chairs.'],
    ['no key', ['status'], { SEATLEDGER_KEY: '' }, 'Put an API key into SEATLEDGER_KEY'],
    ['a key that nobody gave', ['status'], { SEATLEDGER_KEY: 'sl_x' }, '/problems/UNAUTHENTICATED'],
    [
      'a server that is not there',
      ['status'],
      { SEATLEDGER_SERVER: 'http://127.0.0.1:1' },
      'No server answers at http://127.0.0.1:1',
    ],
  ])('refuses %s with code 1 and says what to do', async (_, args, others, reason) => {
    const { code, stdout, stderr } = await seatledger(args, { environment: { ...environment, ...others } });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(reason);
  });
});
