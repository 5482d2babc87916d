import { event } from '#lib/engine/model/message.js';
import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { SeatAssigned } from '#lib/domain/seat-pool/messages.js';
import { keyTable } from '#lib/views/key-labels.js';
import type { Story } from '#lib/views/explained-events.js';
import { ExplainCustomersLicenseCount, ExplainLicenseCount, ExplainSeat } from '#lib/views/explanations.js';
import { views } from '#lib/views/views.js';
import { assigned, ids, policySet, resized, serviceId, taken, tenantId } from '../domain/seat-pool/fixtures.js';
import { asking } from '../support/asking.js';
import { recorded, system } from '../support/given.js';

const pool = `seatPool-${tenantId}.${serviceId}`;
const query = { tenantId, serviceId };
const publisherId = 'fabrikam';
const ofPublisher = { ...query, publisherId };
const key = { kind: 'key', id: 'key-1', role: 'customer.licenseAdmin', personId: 'kim' } as const;
const records = [{ table: keyTable, key: 'key-1', value: { label: 'Desk 4' }, sort: null }];

/** As a key of the customer did it, in a command of its own. */
const byKey = (events: readonly Recorded[]) =>
  events.map((one) => ({ ...one, meta: { ...one.meta, actor: key, tenant: tenantId } }));

describe('what an explanation tells', () => {
  it('of a long history the newest 500 events, and how many came before; asked as of the first of them, those', () => {
    const changes = Array.from({ length: 612 }, (_, index) => resized(index, index + 1, index));
    const events = recorded(pool, changes);
    const told = asking(views, events).one(ExplainLicenseCount, query) as Story;
    expect([told.earlier, told.steps.length]).toEqual([112, 500]);
    expect([told.steps[0]?.reference, told.steps.at(-1)?.reference]).toEqual([`${pool}@112`, `${pool}@611`]);
    const before = asking(views, events.slice(0, 113)).one(ExplainLicenseCount, query) as Story;
    expect([before.earlier, before.steps.at(-1)?.reference]).toEqual([0, `${pool}@112`]);
  });

  it('a key by its label, to the installation and to whose key it is; to the other side by its role alone', () => {
    const events = [...recorded(pool, [resized(0, 1, 0)]), ...byKey(recorded(pool, [policySet('newestFirst')], 1))];
    const actingFor = (caller: Owner, of: typeof ExplainLicenseCount | typeof ExplainCustomersLicenseCount) => {
      const story = asking(views, events, caller, { records }).one(of, ofPublisher) as Story;
      return story.steps.at(-1)?.by;
    };
    const known = { ...key, label: 'Desk 4' };
    expect(actingFor({ installation: true }, ExplainLicenseCount)).toEqual(known);
    expect(actingFor({ tenantId }, ExplainLicenseCount)).toEqual(known);
    expect(actingFor({ publisherId }, ExplainCustomersLicenseCount)).toEqual({
      ...key,
      id: null,
      personId: null,
      label: null,
    });
    const own = { kind: 'key', id: 'key-1', role: 'publisher.owner', personId: null } as const;
    const byOwner = events.map((one) => ({ ...one, meta: { ...one.meta, actor: own, tenant: publisherId } }));
    const shown = (caller: Owner) => {
      const story = asking(views, byOwner, caller, { records }).one(ExplainLicenseCount, ofPublisher) as Story;
      return story.steps.map(({ by }) => by);
    };
    expect(shown({ publisherId })).toEqual([1, 2].map(() => ({ ...own, label: 'Desk 4' })));
    expect(shown({ tenantId })).toEqual([1, 2].map(() => ({ ...own, id: null, label: null })));
  });

  it('a process by its name, whoever asks', () => {
    const events = recorded(pool, [resized(0, 1, 0)]);
    for (const caller of [{ tenantId }, { publisherId }, { installation: true }] as const) {
      const { steps } = asking(views, events, caller).one(ExplainLicenseCount, query) as Story;
      expect(steps.map(({ by }) => by)).toEqual([{ ...system, label: null }]);
    }
  });

  it('a key that is not known any more by its ID, and a user by their own, without a label', () => {
    const user = { kind: 'user', id: 'user-1', role: 'customer.licenseAdmin', personId: 'kim' } as const;
    const events = recorded(pool, [resized(0, 1, 0), policySet('newestFirst')]).map((one, index) => ({
      ...one,
      meta: { ...one.meta, actor: index === 0 ? key : user, tenant: tenantId },
    }));
    const { steps } = asking(views, events).one(ExplainLicenseCount, query) as Story;
    expect(steps.map(({ by }) => by)).toEqual([
      { ...key, label: null },
      { ...user, label: null },
    ]);
  });

  it('R73 of a seat that a later append of the policy took, also the seat whose taking asked for that append', () => {
    const people = Array.from({ length: 497 }, (_, index) => assigned(`p${index}`));
    const first = recorded(pool, [
      resized(0, 600, 0),
      policySet('oldestFirst'),
      ...people,
      resized(600, 1, 1),
      taken('p0'),
    ]);
    const [cause] = first.slice(-1);
    expect(cause?.revision).toBe(500);
    const second = recorded(pool, [taken('p1')], 501).map((one) => ({
      ...one,
      meta: { ...one.meta, $causationId: cause?.id ?? '' },
    }));
    const story = (caller: Owner) =>
      asking(views, [...first, ...second], caller).one(ExplainSeat, { ...query, personId: 'p1' }) as Story;
    const told = asking(views, [...first, ...second]);
    const types = [
      (told.one(ExplainLicenseCount, query) as Story).steps,
      (told.one(ExplainSeat, { ...query, personId: 'p9' }) as Story).steps,
    ].map((steps) => steps.map(({ event: type }) => type).filter((type) => type.startsWith('Seat')));
    // Of others' seats nothing, unless what is told hangs on it.
    expect(types).toEqual([
      ['SeatPoolResized', 'SeatPoolResized'],
      ['SeatPoolResized', 'SeatAssigned', 'SeatPoolResized'],
    ]);
    const seats = story({ installation: true }).steps.filter(({ event: type }) => type === 'SeatUnassigned');
    expect(seats.map(({ reference, causedBy, caused }) => [reference, causedBy, caused])).toEqual([
      [`${pool}@500`, null, [`${pool}@501`]],
      [`${pool}@501`, `${pool}@500`, []],
    ]);
  });

  it('R95 what a decision rested on in other streams, but not whether persons were looked up', () => {
    const context = [
      { stream: 'deal-deal-1', revision: 3 },
      { stream: `person-${tenantId}.ann`, revision: 0 },
    ];
    const given = recorded(pool, [resized(0, 1, 0), event(SeatAssigned, { ...ids, personId: 'ann', refused: [] })]);
    const events = given.map((one) => ({ ...one, meta: { ...one.meta, context } }));
    const { steps } = asking(views, events).one(ExplainSeat, { ...query, personId: 'ann' }) as Story;
    expect(steps.map(({ restedOn }) => restedOn)).toEqual([['deal-deal-1@3'], ['deal-deal-1@3']]);
  });
});
