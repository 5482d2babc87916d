import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headsIn, isConsistent, keyIn, leafHash, rootOfInclusion, verifierFile } from '#verify';
import { schema } from '../../apps/cli/schema.js';
import { unzipped } from '../../apps/cli/zip.js';
import { seatledger } from '../cli/terminal.js';
import { startMs, TestProduct, type Answer, type Client } from '../support/product.js';
import { newFolder } from '../support/sqlite.js';
import { enroll, licensedCustomer, liveOffer, ok } from '../support/story.js';
import { exported } from '../transfer/copies.js';

const headsFile = join(newFolder(), 'heads.txt');
const bundleFile = join(newFolder(), 'evidence.zip');
let product: TestProduct;
let auditor: Client;
let tenantId: string;
let dealId: string;
beforeAll(async () => {
  product = await TestProduct.start({ SEATLEDGER_HEADS_FILE: headsFile });
  await enroll(product);
  await liveOffer(product);
  ({ tenantId, dealId } = await licensedCustomer(product, { gold: 5 }));
  auditor = await product.as('auditor');
}, startMs);
afterAll(() => product.stop(), startMs);

const get = (path: string): Promise<Answer> => auditor.get(path, { after: false });
const code = ({ status, body }: Answer) => [status, body.code];
const hash = (text: string) => Buffer.from(text, 'base64');

/** The answer when the tree has come as far as it asks for. */
async function entered(path: string): Promise<Answer['body']> {
  for (;;) {
    const answer = await get(path);
    if (answer.status !== 409) return (await ok(Promise.resolve(answer))).body;
  }
}

function headIn({ publicKey, head }: { publicKey: string; head: string }) {
  const key = keyIn(publicKey);
  if (!key) throw new Error('There is no key.');
  const [found] = headsIn(head, key).heads;
  if (!found) throw new Error('The head is not signed.');
  return found;
}

it('R92 any event is proven to be in the history that a signed head stands for, also in an earlier one', async () => {
  const proof = await entered(`/audit/inclusion?stream=deal-${dealId}&revision=1`);
  const { publicKey, ...shown } = await entered('/audit/head');
  const head = headIn({ publicKey, head: proof.head });
  expect(headIn({ publicKey, head: shown.head })).toEqual({ size: shown.size, root: hash(shown.root) });
  expect(proof).toEqual({
    leaf: expect.any(String) as string,
    index: expect.any(Number) as number,
    path: expect.any(Array) as string[],
    head: expect.any(String) as string,
  });
  expect(JSON.parse(proof.leaf)).toMatchObject({ stream: `deal-${dealId}`, revision: 1, type: 'DealRegistered' });
  expect(rootOfInclusion(leafHash(proof.leaf), proof.index, head.size, proof.path.map(hash))).toEqual(head.root);

  const size = proof.index + 1;
  const smaller = (await ok(get(`/audit/inclusion?stream=deal-${dealId}&revision=1&size=${size}`))).body;
  const before = headIn({ publicKey, head: smaller.head });
  expect(rootOfInclusion(leafHash(proof.leaf), proof.index, size, smaller.path.map(hash))).toEqual(before.root);
  const { from, to, path } = (await ok(get(`/audit/consistency?from=${size}&to=${head.size}`))).body;
  expect([from, to]).toEqual([size, head.size]);
  expect(isConsistent(from, to, before.root, head.root, path.map(hash))).toBe(true);
});

it('what cannot be proven is refused', async () => {
  const { size } = await entered('/audit/head');
  const event = `/audit/inclusion?stream=deal-${dealId}`;
  const { index } = await entered(`${event}&revision=0`);
  expect(code(await get('/audit/inclusion?stream=deal-none&revision=0'))).toEqual([404, 'NOT_FOUND']);
  expect(code(await get(`${event}&revision=900`))).toEqual([404, 'NOT_FOUND']);
  expect(code(await get(`${event}&revision=-1`))).toEqual([400, 'PARAMETER_INVALID']);
  expect(code(await get(`${event}&revision=0&size=${size + 900}`))).toEqual([409, 'NOT_IN_TREE_YET']);
  expect(code(await get(`${event}&revision=0&size=${index}`))).toEqual([422, 'TREE_SIZES_INVALID']);
  expect(code(await get('/audit/consistency?from=2&to=1'))).toEqual([422, 'TREE_SIZES_INVALID']);
  expect(code(await get('/audit/consistency?from=0&to=1'))).toEqual([400, 'PARAMETER_INVALID']);
  expect(code(await get(`/audit/consistency?from=1&to=${size + 900}`))).toEqual([409, 'NOT_IN_TREE_YET']);
  expect(code(await get(`/audit/events?stream=deal-${dealId}&size=${size + 900}`))).toEqual([409, 'NOT_IN_TREE_YET']);
  expect(code(await get(`/audit/events?stream=x&size=1&cursor=x`))).toEqual([400, 'PARAMETER_INVALID']);
  expect(code(await get(`/audit/tenants/${tenantId}/streams?cursor=x`))).toEqual([400, 'PARAMETER_INVALID']);
});

describe('seatledger audit', () => {
  const environment = () => ({ SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: auditor.key ?? '' });

  it('proves an event', async () => {
    await entered(`/audit/inclusion?stream=deal-${dealId}&revision=1`);
    const {
      code: exit,
      stdout,
      stderr,
    } = await seatledger(['audit', 'prove', `deal-${dealId}@1`], {
      environment: environment(),
    });
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^deal-\S+@1 is event \d+ of the \d+ that this head stands for; its proof holds\.\n/);
    expect(await seatledger(['audit', 'prove', 'deal'], { environment: environment() })).toMatchObject({
      code: 1,
      stderr: 'deal is no event: write <stream>@<revision>.\n',
    });
  });

  it('writes a bundle that holds everything of a tenant, and verifies it, also with the one file alone', async () => {
    while (!existsSync(headsFile) || !readFileSync(headsFile, 'utf8').includes('— '));
    const args = ['audit', 'bundle', bundleFile, '--tenant', tenantId, '--heads', headsFile];
    await entered(`/audit/inclusion?stream=seatPool-${tenantId}.fabrikam.f365.gold&revision=0`);
    const made = await seatledger(args, { environment: environment() });
    expect([made.code, made.stderr]).toEqual([0, '']);
    const files = unzipped(readFileSync(bundleFile));
    const events = (files?.get('events.ndjson')?.toString() ?? '').split('\n').filter((line) => line !== '');
    const streams = new Set(events.map((line) => (JSON.parse(line) as { stream: string }).stream));
    expect([...streams].map((stream) => stream.split('-')[0])).toEqual([
      'deal',
      'invitation',
      'relationship',
      'seatPool',
    ]);
    const verified = await seatledger(['audit', 'verify', bundleFile, '--heads', headsFile]);
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toContain(`${events.length} events of ${streams.size} streams, under the signed head of`);
    expect(verified.stdout).toContain('Everything holds.\n');

    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of files ?? []) writeFileSync(join(folder, name), bytes);
    expect(readFileSync(join(folder, 'verify.mjs'))).toEqual(readFileSync(verifierFile));
    expect(execFileSync(process.execPath, [join(folder, 'verify.mjs'), folder], { encoding: 'utf8' })).toContain(
      'Everything holds.',
    );
    writeFileSync(join(folder, 'events.ndjson'), `${events.join('\n').replace('"DealStarted"', '"DealStarter"')}\n`);
    const changed = await seatledger(['audit', 'verify', folder]);
    expect(changed).toMatchObject({
      code: 1,
      stderr: 'Keep all of it as it is: it is not what was signed, or not whole.\n',
    });
    expect(changed.stdout).toContain('Line 1: is not what was signed, or its proof was changed.\n');
  });

  it('verifies an export against the heads that were written by the stop', async () => {
    await product.stop();
    const file = join(newFolder(), 'export');
    const text = await product.withStores((stores) => exported(stores, schema));
    writeFileSync(file, text);
    expect(text).not.toContain('"table":"evidence"');
    const verified = await seatledger(['audit', 'verify', file, '--heads', headsFile]);
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    const [, events, proven] = /(\d+) events, \d+ heads; the first (\d+) are/.exec(verified.stdout) ?? [];
    expect(proven).toBe(events);
    writeFileSync(file, text.replace('"count":5', '"count":6'));
    expect(await seatledger(['audit', 'verify', file, '--heads', headsFile])).toMatchObject({ code: 1 });
    expect(await seatledger(['audit', 'verify', file])).toMatchObject({ code: 1 });
    await product.start();
  });
});

it('R92 a log that differs from the tree is told as what it is', async () => {
  await product.stop();
  await product.withStores(async ({ records }) => {
    const tile = { table: 'evidence', key: '0/000000000000' } as const;
    const row = await records.get(tile.table, tile.key);
    const hashes = Buffer.alloc(hash((row?.value as { hashes: string }).hashes).length).toString('base64');
    await records.transact([{ ...tile, expect: 'any', value: { hashes } }]);
  });
  await product.start();
  const { body, status } = await get(`/audit/inclusion?stream=deal-${dealId}&revision=0`);
  expect([status, body.code, body.detail]).toEqual([
    500,
    'HISTORY_CHANGED',
    `deal-${dealId}@0 is not what was entered into the tree.`,
  ]);
  expect(code(await get(`/audit/events?stream=deal-${dealId}&size=1`))).toEqual([500, 'HISTORY_CHANGED']);
});
