import { canonicalJson } from '#lib/engine/model/canonical.js';
import type { Stores } from '#lib/product/stores.js';
import { dealProgressProjection } from '#lib/views/deal-documents.js';
import { startMs, TestProduct, type Client } from '../support/product.js';
import { enroll, liveOffer, ok, registeredDeal } from '../support/story.js';
import { tallyEvent } from '../faults/views.js';

const view = dealProgressProjection.name;
const quiet = { after: false } as const;

let product: TestProduct;
let operator: Client;
let dealId: string;
let broken: string;
let behind: string;

/** A deal whose stream has an event that no program can read, and one behind it that is as it should be. */
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  dealId = await registeredDeal(product);
  operator = await product.as('operator');
  await product.stop();
  const stream = `deal-${dealId}`;
  const revision = (await product.stream(stream)).length;
  [broken, behind] = [`${stream}@${revision}`, `${stream}@${revision + 1}`];
  const approved = { publisherId: 'fabrikam', dealId };
  const events = [tallyEvent('DealApproved', { dealId: 7 }, broken), tallyEvent('DealApproved', approved, behind)];
  const append = (stores: Stores) => stores.events.append(stream, revision - 1, events);
  expect((await product.withStores(append)).ok).toBe(true);
  await product.start();
}, startMs);
afterAll(() => product.stop(), startMs);

const parked = async () => (await ok(operator.get(`/projections/${view}/parked`, quiet))).body.rows;

async function untilParked(count: number): Promise<object[]> {
  for (;;) {
    const rows = await parked();
    if (rows.length === count) return rows;
  }
}

async function untilOperation(id: string, status: string) {
  for (;;) {
    const { body } = await ok(operator.get(`/operations/${id}`, quiet));
    if (body.status === status) return body;
  }
}

async function deal(search = '') {
  const { status, body } = await (await product.owner()).get(`/deals/${dealId}`, { ...quiet, search });
  return [status, body.code ?? body.filter];
}

const skip = (event: string, reason: string, of = view) =>
  operator.post(`/projections/${of}/skips`, { event, reason }, quiet);
const withdraw = (event: string) => operator.post(`/projections/${view}/skips/withdraw`, { event }, quiet);

describe('R93 what waits in a view', () => {
  it('is told with the event and why it could not be folded', async () => {
    const rows = await untilParked(2);
    const since = '2026-03-01T12:00:00.000Z';
    const error = expect.stringContaining('DealApproved') as string;
    const details = (revision: number, data: object) => ({
      ...{ stream: `deal-${dealId}`, revision, type: 'DealApproved', recordedAt: since },
      ...{ position: expect.any(String) as string, data: canonicalJson(data) },
    });
    const at = Number(broken.split('@')[1]);
    const whole = { publisherId: 'fabrikam', dealId };
    expect(rows).toEqual([
      {
        ...{ kind: '$stream', key: `deal-${dealId}`, event: broken, error, since, waiting: 2 },
        details: details(at, { dealId: 7 }),
      },
      { kind: 'deal', key: dealId, event: behind, error, since, waiting: 1, details: details(at + 1, whole) },
    ]);
    expect(await deal()).toEqual([503, 'DOCUMENT_PARKED']);
  });

  it(
    'is folded again when asked; what fails again waits as before',
    async () => {
      const before = await parked();
      const { status, body } = await operator.post(`/projections/${view}/parked/retry`, {}, quiet);
      expect([status, body]).toEqual([202, { view, documents: 2 }]);
      await product.restart();
      expect(await parked()).toEqual(before);
    },
    startMs,
  );

  it('refuses what makes no sense', async () => {
    const code = async (answer: Promise<{ status: number; body: { code: string } }>) => {
      const { status, body } = await answer;
      return [status, body.code];
    };
    expect(await code(skip(broken, 'x', 'chairs'))).toEqual([404, 'NOT_FOUND']);
    expect(await code(skip(broken, '  '))).toEqual([422, 'SKIP_REASON_INVALID']);
    expect(await code(skip(behind, 'It only waits.'))).toEqual([422, 'EVENT_NOT_PARKED']);
    expect(await code(skip('nonsense', 'x'))).toEqual([422, 'EVENT_NOT_PARKED']);
    expect(await code(skip(broken, 'x', 'seats'))).toEqual([422, 'EVENT_NOT_PARKED']);
    expect(await code(withdraw(broken))).toEqual([422, 'EVENT_NOT_SKIPPED']);
    expect(await code(operator.post('/projections/seats/parked/retry', {}, quiet))).toEqual([409, 'NOTHING_PARKED']);
    for (const path of ['parked', 'skips']) {
      expect((await operator.get(`/projections/chairs/${path}`, quiet)).status).toBe(404);
    }
  });

  it(
    'goes on without an event that is left out, also as of then; a fresh fold says the same',
    async () => {
      const asOf = `asOf=${product.clock.now()}`;
      expect(await deal(asOf)).toEqual([503, 'DOCUMENT_PARKED']);
      const { status, body } = await skip(broken, ' Written by hand in March. ');
      const by = {
        kind: 'key',
        id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
        role: 'operator',
        personId: null,
      };
      const skipped = { view, event: broken, reason: 'Written by hand in March.', by, at: product.clock.now() };
      expect([status, body]).toEqual([202, skipped]);
      expect((await skip(broken, 'Again.')).body).toEqual(body);
      expect((await ok(operator.get(`/projections/${view}/skips`, quiet))).body.rows).toEqual([skipped]);
      await untilParked(0);
      // A server that does not fold itself sees it a moment later.
      while ((await deal())[0] !== 200);
      expect([await deal(), await deal(asOf)]).toEqual([
        [200, 'Approved'],
        [200, 'Approved'],
      ]);
      const { body: verifying } = await operator.post(`/projections/${view}/verify`, {}, quiet);
      expect(await untilOperation(verifying.id, 'done')).toMatchObject({ problem: null, steps: [{ status: 'equal' }] });
    },
    startMs,
  );

  it(
    'waits again when that is withdrawn: the view is built anew, and is as if it had never been left out',
    async () => {
      const { status, body } = await withdraw(broken);
      expect([status, body.status]).toEqual([202, 'running']);
      expect((await ok(operator.get(`/projections/${view}/skips`, quiet))).body.rows).toEqual([]);
      expect((await skip(broken, 'x')).body.code).toBe('EVENT_NOT_PARKED');
      await untilOperation(body.id, 'switched');
      await untilParked(2);
      // Whoever folds sees the new build a moment later.
      while ((await deal())[0] !== 503);
      await ok(skip(broken, 'After all.'));
      await untilParked(0);
      expect((await withdraw(broken)).body.code).toBe('REBUILD_UNDER_WAY');
      await ok(operator.post(`/operations/${body.id}/finish`, {}, quiet));
      await untilOperation(body.id, 'done');
    },
    startMs,
  );
});
