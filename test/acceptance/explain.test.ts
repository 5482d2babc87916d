import type { ExplainedEvent } from '#lib/views/explained-events.js';
import { seatledger } from '../cli/terminal.js';
import { startMs, TestProduct } from '../support/product.js';
import { enroll, licensedCustomer, liveOffer, offer, ok, updateLicenses } from '../support/story.js';

let product: TestProduct;

beforeAll(async () => {
  product = await TestProduct.start();
  await enroll(product);
  await liveOffer(product);
}, startMs);
afterAll(() => product.stop(), startMs);

const dayMs = 86_400_000;
const gold = `${offer}.gold`;
const tick = () => product.clock.advance(60_000);

/** What `audit explain` prints, as an auditor. */
async function explain(...args: readonly string[]): Promise<string> {
  const { key } = await product.as('auditor');
  const environment = { SEATLEDGER_SERVER: product.url, SEATLEDGER_KEY: key ?? '' };
  const { code, stdout, stderr } = await seatledger(['audit', 'explain', ...args], { environment });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}
const explained = async (...args: readonly string[]) => JSON.parse(await explain(...args, '--json'));

/** A story's steps as event, who acted, and the event that was acted upon. */
const toldOf = (steps: readonly ExplainedEvent[]) =>
  steps.map(({ event, by, causedBy }) => {
    const cause = steps.find(({ reference }) => reference === causedBy);
    return [event, by.kind === 'system' ? by.id : by.role, cause?.event ?? causedBy];
  });

/** The sentences of indented text, those that somebody caused below what caused them. */
const sentences = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^ *\d{4}-/.test(line))
    .map((line) => line.replace(/^( *)\S+ {2}/, '$1'));

async function goldCustomer(...personIds: readonly string[]) {
  const { tenantId, dealId } = await licensedCustomer(product, { gold: personIds.length });
  const admin = await product.as('customer.licenseAdmin', { tenantId, personId: 'kim' });
  const pool = `/customers/${tenantId}/pools/${gold}`;
  tick();
  await ok(admin.post(`${pool}/assign`, { personIds }));
  tick();
  return { tenantId, dealId, admin, pool };
}

describe('audit explain', () => {
  it('R73 tells of a conflict what opened it, who resolved it, and what the deal and the consent have to do with it', async () => {
    const { tenantId, dealId, admin, pool } = await goldCustomer('p1', 'p2', 'p3', 'p4', 'p5');
    await ok(updateLicenses(product, dealId, tenantId, { gold: 3 }));
    const dueAt = new Date(Date.parse(product.clock.now()) + 90 * dayMs).toISOString();
    expect((await admin.post(`${pool}/assign`, { personIds: ['p6'] })).body.code).toBe('NO_AVAILABLE_LICENSES');
    const { body } = await ok(admin.get(`/customers/${tenantId}/licenses`));
    tick();
    await ok(admin.post(`${pool}/unassign`, { personIds: ['p2', 'p4'] }));
    await ok(admin.get(`/customers/${tenantId}/licenses`));

    const conflict = `A license conflict: 5 seats, 3 licenses, 2 too many, due ${dueAt}.`;
    const text = await explain('count', tenantId, gold);
    expect(text.split('\n').slice(0, 2)).toEqual([
      `${gold} of ${tenantId}: 3 licenses, 3 seats in use.`,
      expect.stringMatching(/^As of \S+[.]$/),
    ]);
    const told = sentences(text).map((line) => line.replace(/until [\dTZ:.-]+[.]$/, 'until then.'));
    expect(told).toEqual([
      'The deal was started.',
      'The deal was registered: Submitted.',
      `The customer of deal ${dealId} was invited, until then.`,
      `${tenantId} accepted the invitation, and consented to version 1 of the text.`,
      '  The customer relationship with fabrikam was established.',
      `The deal's customer is ${tenantId}.`,
      "The deal's licenses of gold: 5.",
      `  The customer's licenses of gold: 0 → 5; 5 are of deal ${dealId}.`,
      "The deal's licenses of gold: 5 → 3.",
      `  The customer's licenses of gold: 5 → 3; 3 are of deal ${dealId}.`,
      `  ${conflict}`,
      'The license conflict is over: seats were taken back.',
    ]);
    expect(text).toMatch(/LicenseConflictDetected seatPool-\S+@7 at \S+, by process seat-pools\n/);
    expect(text).toMatch(
      /LicenseConflictResolved seatPool-\S+@10 at \S+, by customer[.]licenseAdmin, person kim, key /,
    );

    const seat = await explained('seat', tenantId, gold, 'p4');
    expect(seat.held).toBe(false);
    expect(toldOf(seat.steps).slice(-6)).toEqual([
      ['SeatAssigned', 'customer.licenseAdmin', null],
      ['LicenseCountChanged', 'publisher.owner', null],
      ['SeatPoolResized', 'seat-pools', 'LicenseCountChanged'],
      ['LicenseConflictDetected', 'seat-pools', 'LicenseCountChanged'],
      ['SeatUnassigned', 'customer.licenseAdmin', null],
      ['LicenseConflictResolved', 'customer.licenseAdmin', null],
    ]);
    const then = await explained('seat', tenantId, gold, 'p4', '--at', body.position);
    expect([then.held, then.count.conflict, then.position]).toEqual([
      true,
      { excess: 2, dueAt, overdue: false },
      body.position,
    ]);
    expect(toldOf(then.steps).at(-1)).toEqual(['LicenseConflictDetected', 'seat-pools', 'LicenseCountChanged']);
  });

  it('R73 a seat that the policy took leads back through the timer to the deal, and to who set the policy', async () => {
    const { tenantId, dealId, admin, pool } = await goldCustomer('p1', 'p2', 'p3');
    await ok(admin.put(`${pool}/shrink-policy`, { policy: 'newestFirst' }));
    await ok(updateLicenses(product, dealId, tenantId, { gold: 1 }));
    product.clock.advance(90 * dayMs);
    const seats = async () => (await ok(admin.get(`${pool}/seats`))).body.rows.length;
    for (const end = Date.now() + 10_000; (await seats()) > 1;) if (Date.now() > end) throw new Error('No seat goes.');
    const { held, steps } = await explained('seat', tenantId, gold, 'p3');
    expect(held).toBe(false);
    expect(toldOf(steps).slice(-8)).toEqual([
      ['SeatAssigned', 'customer.licenseAdmin', null],
      ['ShrinkPolicySet', 'customer.licenseAdmin', null],
      ['LicenseCountChanged', 'publisher.owner', null],
      ['SeatPoolResized', 'seat-pools', 'LicenseCountChanged'],
      ['LicenseConflictDetected', 'seat-pools', 'LicenseCountChanged'],
      ['LicenseConflictOverdue', 'seat-pools.timer', 'LicenseConflictDetected'],
      ['SeatUnassigned', 'seat-pools.timer', 'LicenseConflictDetected'],
      ['LicenseConflictResolved', 'seat-pools.timer', 'LicenseConflictDetected'],
    ]);
    const reason = steps.find(({ event }: ExplainedEvent) => event === 'SeatUnassigned');
    expect(reason.says).toBe('The shrink policy took the seat of p3.');
  });

  it('R85 after gold was removed the check is denied; history still shows 40, who set it, and that it was allowed then', async () => {
    const { tenantId, dealId, admin } = await goldCustomer('ann');
    await ok(updateLicenses(product, dealId, tenantId, { gold: 40 }));
    await ok(admin.get(`/customers/${tenantId}/licenses`));
    const then = product.clock.now();
    tick();
    await ok(updateLicenses(product, dealId, tenantId, {}, ['gold']));
    await ok(admin.get(`/customers/${tenantId}/licenses`));

    const check = ['check', offer, tenantId, 'ann', '--component', 'GoldApp'] as const;
    const now = await explained(...check);
    expect([now.right.allowed, now.right.code, now.decidedBy]).toEqual([
      false,
      'LICENSES_DEACTIVATED',
      { rule: 'R85', says: `${gold}: The licenses of the plan have ended, and no grace lets a seat go on working.` },
    ]);
    expect(toldOf(now.steps).slice(-6)).toEqual([
      ['SeatAssigned', 'customer.licenseAdmin', null],
      ['LicenseCountChanged', 'publisher.owner', null],
      ['SeatPoolResized', 'seat-pools', 'LicenseCountChanged'],
      ['LicensesDeactivated', 'publisher.owner', null],
      ['SeatPoolResized', 'seat-pools', 'LicensesDeactivated'],
      ['SeatPoolDeactivated', 'seat-pools', 'LicensesDeactivated'],
    ]);
    const [{ behind }] = now.reasons;
    expect(behind).toEqual([now.steps.at(-1).reference]);

    const text = await explain(...check, '--at', then);
    expect(text.split('\n').slice(0, 3)).toEqual([
      `ann of ${tenantId} may use GoldApp: ACTIVE`,
      `R84: ${gold}: The person holds a seat in an active pool of the plan.`,
      `  ${gold}: ACTIVE. The person holds a seat in an active pool of the plan.`,
    ]);
    expect(sentences(text)).toContain("The deal's licenses of gold: 1 → 40.");
    const count = await explain('count', tenantId, gold);
    expect(count).toContain(`${gold} of ${tenantId}: 0 licenses, 0 seats in use, 1 kept, deactivated.\n`);
    expect(count).toMatch(
      /gold: 1 → 40[.]\n {4}LicenseCountChanged deal-\S+ at \S+, by publisher[.]owner, key publisher[.]owner \(/,
    );
    expect(sentences(count)).toContain("The deal's licenses of gold were removed; there were 40.");
  });

  it('R84 R85 R87 a check names the step that decided it', async () => {
    const { tenantId, dealId } = await goldCustomer('ann', 'bob');
    await ok(updateLicenses(product, dealId, tenantId, { gold: 1 }));
    const decidedBy = async (person: string, ...of: readonly string[]) => {
      const { right, decidedBy: step, steps } = await explained('check', offer, tenantId, person, ...of);
      return [right.code, step.rule, step.says, steps.length > 0];
    };
    expect(await decidedBy('ann', '--component', 'GoldApp')).toEqual([
      'ACTIVE',
      'R87',
      `${gold}: The person holds a seat in an active pool of the plan. Seats in a license conflict keep working.`,
      true,
    ]);
    expect(await decidedBy('eve', '--component', 'SilverApp')).toEqual([
      'SEAT_NOT_ASSIGNED',
      'R85',
      `${gold}: The customer has licenses of the plan; the person holds no seat. Of all plans this is the best.`,
      true,
    ]);
    expect(await decidedBy('ann', '--component', 'HomeApp')).toEqual([
      'UNRESTRICTED',
      'R85',
      'The live package maps the component to no plan, so anybody may use it.',
      true,
    ]);
    expect(await decidedBy('ann', '--service-id', `${offer}.none`)).toEqual([
      'NO_SUCH_PRODUCT',
      'R85',
      `There is no such product. ${offer}.none was never a plan of ${offer}.`,
      true,
    ]);
  });

  it('R83 each side is told what is theirs to know, and nothing is told to others', async () => {
    const { tenantId, admin, pool } = await goldCustomer('ann');
    const owner = await product.owner();
    const path = `/publishers/fabrikam/customers/${tenantId}/pools/${gold}/explanation`;
    const seen = ({ steps }: { steps: ExplainedEvent[] }) =>
      steps.map(({ event, by }) => [event, by.role, by.kind === 'system' || by.id !== null]);
    expect(seen((await ok(owner.get(path))).body)).toEqual([
      ['DealStarted', 'publisher.owner', true],
      ['DealRegistered', 'publisher.owner', true],
      ['CustomerInvited', 'publisher.owner', true],
      ['InvitationAccepted', 'customer.billingAdmin', false],
      ['CustomerRelationshipEstablished', 'system', true],
      ['CustomerAttachedToDeal', 'publisher.owner', true],
      ['LicensesActivated', 'publisher.owner', true],
      ['SeatPoolResized', 'system', true],
    ]);
    expect(seen((await ok(admin.get(`${pool}/seats/ann/explanation`))).body)).toEqual([
      ['InvitationAccepted', 'customer.billingAdmin', true],
      ['CustomerRelationshipEstablished', 'system', true],
      ['CustomerAttachedToDeal', 'publisher.owner', false],
      ['LicensesActivated', 'publisher.owner', false],
      ['SeatPoolResized', 'system', true],
      ['SeatAssigned', 'customer.licenseAdmin', true],
    ]);
    const stranger = await product.as('customer.licenseAdmin', { tenantId: tenantId.replace(/^0/, 'f') });
    const contoso = await product.owner('contoso');
    const app = await product.as('app', { publisherId: 'fabrikam' });
    const of = (client: typeof admin, at: string) => client.get(at).then(({ status }) => status);
    expect(await of(stranger, `${pool}/explanation`)).toBe(404);
    expect(await of(contoso, path)).toBe(404);
    expect(await of(contoso, path.replace('fabrikam/', 'contoso/'))).toBe(404);
    expect(await of(app, `${pool}/explanation`)).toBe(404);
    expect(await of(owner, `${pool}/seats/ann/explanation`)).toBe(404);
  });

  it('R85 a check, and its explanation, want exactly one of component and Service ID', async () => {
    const { tenantId } = await goldCustomer('ann');
    const app = await product.as('app', { publisherId: 'fabrikam' });
    const auditor = await product.as('auditor');
    const both = { component: 'GoldApp', serviceId: gold };
    for (const fields of [{}, both]) {
      const asked = await app.post('/checks', { offer, tenantId, personId: 'ann', ...fields });
      expect([asked.status, asked.body.code]).toEqual([400, 'BODY_INVALID']);
      const search = new URLSearchParams({ offer, ...fields }).toString();
      const { status, body } = await auditor.get(`/customers/${tenantId}/people/ann/checks/explanation`, { search });
      expect([status, body.code]).toEqual([400, 'PARAMETER_INVALID']);
    }
  });
});
