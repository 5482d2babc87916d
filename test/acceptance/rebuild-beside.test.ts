import { projections } from '#lib/product/registries.js';
import { startMs, TestProduct, type Client } from '../support/product.js';
import { licensedCustomer, enroll, liveOffer, ok } from '../support/story.js';

const names = projections.map(({ name }) => name);
const pool = (tenantId: string): string => `/customers/${tenantId}/pools/fabrikam.f365.gold`;

let product: TestProduct;
let operator: Client;
let admin: Client;
let tenantId: string;
beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
  ({ tenantId } = await licensedCustomer(product, { gold: 500 }));
  operator = await product.as('operator');
  admin = await product.as('customer.licenseAdmin', { tenantId });
}, startMs);
afterAll(() => product.stop(), startMs);

interface Operation {
  readonly id: string;
  readonly problem: object | null;
  readonly status: string;
  readonly steps: readonly { readonly name: string; readonly status: string }[];
  readonly rebuild: { readonly acts: readonly string[]; readonly differences: readonly object[] };
}

async function rebuild(body: object = {}): Promise<Operation> {
  const { status, body: begun } = await operator.post('/projections/rebuild', body, { after: false });
  expect([status, begun.status]).toEqual([202, 'running']);
  return begun;
}

async function until(id: string, status: string): Promise<Operation> {
  for (;;) {
    const { body } = await ok(operator.get(`/operations/${id}`, { after: false }));
    if (body.status === status) return body;
    expect(['running', 'paused', 'switching', 'switched', 'finishing', 'canceling', 'rollingBack']).toContain(
      body.status,
    );
  }
}

const act = (id: string, name: string) => operator.post(`/operations/${id}/${name}`, {}, { after: false });

async function builds(): Promise<readonly string[]> {
  const shown: Record<string, string>[] = (await ok(operator.get('/projections', { after: false }))).body.rows;
  return shown.flatMap(({ rebuild: id, view }) => (id === null ? [] : [`${view} ${id}`]));
}

/** Gives seats and takes them back all the time, and reads what it wrote; ends by being asked to. */
function constantly(): { end(): Promise<{ readonly commands: number; readonly wrong: unknown[] }> } {
  let isOver = false;
  const wrong: unknown[] = [];
  const work = async (personId: string): Promise<number> => {
    let commands = 0;
    for (; !isOver; commands += 1) {
      const isGiven = commands % 2 === 0;
      const answer = await admin.post(`${pool(tenantId)}/${isGiven ? 'assign' : 'unassign'}`, {
        personIds: [personId],
      });
      const { status, body } = await admin.get(`${pool(tenantId)}/seats`, { search: 'limit=100' });
      const holders: string[] = (body.rows ?? []).map((row: { personId: string }) => row.personId);
      const isSeen = status === 200 && holders.includes(personId) === isGiven && holders.includes('stays');
      if (answer.status !== 200 || !isSeen) wrong.push([answer.status, answer.body, status, body]);
    }
    return commands;
  };
  const working = Promise.all(['p1', 'p2', 'p3', 'p4'].map(work));
  return {
    async end() {
      isOver = true;
      return { commands: (await working).reduce((sum, count) => sum + count, 0), wrong };
    },
  };
}

describe('R93 views are built anew', () => {
  beforeAll(async () => {
    await ok(admin.post(`${pool(tenantId)}/assign`, { personIds: ['stays'] }));
  });

  it('all of them, under constant commands and queries: none fails or misses anything; nothing differs, and reads move on', async () => {
    const meanwhile = constantly();
    const { id } = await rebuild();
    const { steps, rebuild: details } = await until(id, 'switched');
    const { commands, wrong } = await meanwhile.end();
    expect(wrong).toEqual([]);
    expect(commands).toBeGreaterThan(4);
    expect(steps.map(({ name, status }) => [name, status])).toEqual(names.map((name) => [name, 'live']));
    expect(details).toMatchObject({ acts: ['rollBack', 'finish'], differences: [] });
    expect(await builds()).toEqual(names.map((name) => `${name} ${id}`));
    // Another one at the same time is refused.
    const second = await operator.post('/projections/rebuild', { views: ['seats'] }, { after: false });
    expect([second.status, second.body.code]).toEqual([409, 'REBUILD_UNDER_WAY']);
    // The way back, and forth no more.
    expect((await act(id, 'roll-back')).status).toBe(202);
    await until(id, 'rolledBack');
    expect(await builds()).toEqual([]);
    expect(await act(id, 'roll-back')).toMatchObject({ status: 409, body: { code: 'OPERATION_STATUS' } });
    const { body } = await ok(admin.get(`${pool(tenantId)}/seats`));
    expect(body.rows.map((row: { personId: string }) => row.personId)).toContain('stays');
  }, 120_000);

  it('by hand: compared and then switched to; the old build goes when its ten minutes are over', async () => {
    const { id } = await rebuild({ views: ['seats', 'license-counts'], switching: 'byHand' });
    const ready = await until(id, 'ready');
    expect(ready.steps.map(({ name, status }) => [name, status]).sort()).toEqual([
      ['license-counts', 'equal'],
      ['seats', 'equal'],
    ]);
    expect(ready.rebuild.acts).toEqual(['cancel', 'switch']);
    expect((await act(id, 'switch')).status).toBe(202);
    expect((await until(id, 'switched')).rebuild.acts).toEqual(['rollBack', 'finish']);
    product.clock.advance(600_000);
    await until(id, 'done');
    expect(await builds()).toEqual([]);
  }, 60_000);

  it('paused, over a restart, resumed, canceled: nothing is left behind, and it can be begun again', async () => {
    const { id } = await rebuild({ views: ['license-ledger'], switching: 'byHand' });
    const paused = await act(id, 'pause');
    // It may have been faster.
    const isPaused = paused.status === 202;
    expect(paused.body.code ?? paused.body.status).toBe(isPaused ? 'paused' : 'OPERATION_STATUS');
    await product.restart();
    const resumed = isPaused ? await act(id, 'resume') : null;
    expect(resumed?.body.status ?? 'running').toBe('running');
    await until(id, 'ready');
    expect((await act(id, 'cancel')).body.status).toBe('canceling');
    await until(id, 'canceled');
    expect(await builds()).toEqual([]);
    const again = await rebuild({ views: ['license-ledger'] });
    expect(again.id).not.toBe(id);
    await until(again.id, 'switched');
  }, 60_000);

  it('R89 verified: folded again and compared, and nothing of it is left; what somebody changed is found', async () => {
    const verify = async () => {
      const { status, body } = await operator.post('/projections/seats/verify', {}, { after: false });
      expect(status).toBe(202);
      return until(body.id, 'done');
    };
    const whole = await verify();
    expect(whole).toMatchObject({ problem: null, steps: [{ name: 'seats', status: 'equal' }] });
    await product.stop();
    const changed = await product.changeDocument('seats');
    await product.start();
    const found = await verify();
    expect(found).toMatchObject({ problem: { code: 'VIEWS_DIFFER' }, steps: [{ name: 'seats', status: 'different' }] });
    expect(found.rebuild.differences).toEqual([{ view: 'seats', ...changed, is: 'other' }]);
    // Building it anew mends it.
    const { id } = await rebuild({ views: ['seats'] });
    await until(id, 'switched');
    expect((await act(id, 'finish')).status).toBe(202);
    await until(id, 'done');
    expect(await verify()).toMatchObject({ problem: null });
  }, 60_000);

  it('refuses a view that there is not, none at all, and an operation that there is not', async () => {
    for (const views of [['seats', 'chairs'], []]) {
      const { status, body } = await operator.post('/projections/rebuild', { views }, { after: false });
      expect([status, body.code]).toEqual([422, 'VIEW_UNKNOWN']);
    }
    expect((await operator.post('/projections/chairs/verify', {}, { after: false })).status).toBe(404);
    expect((await act('00000000-0000-5000-8000-000000000000', 'cancel')).status).toBe(404);
  });
});
