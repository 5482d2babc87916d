import { event } from '#lib/engine/model/message.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import {
  AssignSeats,
  LicenseConflictResolved,
  SeatAssigned,
  SeatPoolDeactivated,
  SeatUnassigned,
  SetShrinkPolicy,
  UnassignSeats,
  type SeatPoolEvent,
  type SeatRow,
} from '#lib/domain/seat-pool/messages.js';
import { given, recorded } from '../../support/given.js';
import { settings } from '../../support/settings.js';
import { assigned, detected, ids, people, resized, serviceId, tenantId } from './fixtures.js';

const unassigned = (personId: string) => event(SeatUnassigned, { ...ids, personId, reason: 'request' });
const full = [resized(0, 2, 3), assigned('ann'), assigned('bob')];
const noLicense = { code: 'NO_AVAILABLE_LICENSES', pointer: '/personIds/0' };
const row = (personId: string, result: SeatRow['result'], code: string | null = null) => ({ personId, result, code });

/** What the caller gets for these persons, decided on this history; the second is the answer to a repetition. */
function answers(
  command: typeof AssignSeats | typeof UnassignSeats,
  history: readonly SeatPoolEvent[],
  sent: string[],
  streams = {},
) {
  const handling = seatPool.handles.find((handles) => handles.command === command);
  const { decided, context } = given(seatPool, history, { streams }).when(command, people(...sent));
  const events = recorded('seatPool-x', decided as SeatPoolEvent[], history.length);
  const fold = (past: readonly SeatPoolEvent[]) =>
    recorded('seatPool-x', past).reduce((state, happened) => seatPool.evolve(state, happened), seatPool.initial());
  const asked = people(...sent);
  const unchanged = events.length === 0 ? handling?.unchanged?.(fold(history), asked, context) : undefined;
  return unchanged ?? handling?.answer?.(events, asked, settings);
}

describe('AssignSeats', () => {
  it('R77 accepts a person for the last free seat and refuses the next', () => {
    given(seatPool, full.slice(0, 2)).when(AssignSeats, people('bob')).then(assigned('bob'));
    given(seatPool, full).when(AssignSeats, people('cyd')).refused(noLicense);
  });

  it('R78 assigns nobody twice: success without event, also when no license is left', () => {
    given(seatPool, full).when(AssignSeats, people('ann')).then();
    given(seatPool, full.slice(0, 2)).when(AssignSeats, people('bob', 'bob')).then(assigned('bob'));
  });

  it('R73, E17: refuses a sixth seat in a conflict of five seats and three licenses', () => {
    const five = ['ann', 'bob', 'cyd', 'dan', 'eve'].map((personId) => assigned(personId));
    given(seatPool, [resized(0, 5, 3), ...five, resized(5, 3, 4), detected(5, 3)])
      .when(AssignSeats, people('fay'))
      .refused(noLicense);
  });

  it.each([null, '2026-03-31T12:00:00.000Z'])('R74 refuses a seat while the total is 0 (grace: %s)', (graceEndsAt) => {
    given(seatPool, [...full, resized(2, 0, 4), event(SeatPoolDeactivated, { ...ids, graceEndsAt })])
      .when(AssignSeats, people('cyd'))
      .refused(noLicense);
  });

  it('R95 accepts a person ID of 64 characters, refuses 65, upper case, a dot and nothing', () => {
    given(seatPool, [resized(0, 2, 3)])
      .when(AssignSeats, people('p'.repeat(64)))
      .then(assigned('p'.repeat(64)));
    for (const personId of ['p'.repeat(65), 'Ann', 'ann@fabrikam.example', 'ann.b', '']) {
      given(seatPool, [resized(0, 2, 3)])
        .when(AssignSeats, people(personId))
        .refused({ code: 'PERSON_ID_INVALID', pointer: '/personIds/0' });
    }
  });

  it('R80 accepts 10,000 person IDs and refuses 10,001 and none', () => {
    const persons = Array.from({ length: 10_001 }, (_, index) => `p${index}`);
    const room = [resized(0, 10_001, 3)];
    const count = { code: 'PERSON_COUNT_OUT_OF_RANGE', pointer: '/personIds' };
    given(seatPool, room)
      .when(AssignSeats, people(...persons.slice(0, 10_000)))
      .then(...persons.slice(0, 10_000).map((personId) => assigned(personId)));
    given(seatPool, room)
      .when(AssignSeats, people(...persons))
      .refused(count);
    given(seatPool, room).when(AssignSeats, people()).refused(count);
  });

  it('R80 serves rows in order, and names in its last event whom no seat was left for', () => {
    given(seatPool, [resized(0, 3, 3), assigned('ann')])
      .when(AssignSeats, people('bob', 'ann', 'cyd', 'dan', 'eve'))
      .then(assigned('bob'), assigned('cyd', 'dan', 'eve'));
  });

  it('R80 answers row by row', () => {
    expect(
      answers(AssignSeats, [resized(0, 3, 3), assigned('ann')], ['bob', 'ann', 'Cyd!', 'cyd', 'dan', 'ann', 'bob']),
    ).toEqual({
      rows: [
        row('bob', 'assigned'),
        row('ann', 'alreadyAssigned'),
        row('Cyd!', 'refused', 'PERSON_ID_INVALID'),
        row('cyd', 'assigned'),
        row('dan', 'refused', 'NO_AVAILABLE_LICENSES'),
        row('ann', 'alreadyAssigned'),
        row('bob', 'alreadyAssigned'),
      ],
    });
  });

  it('R80 answers row by row where nothing could be done', () => {
    expect(answers(AssignSeats, full, ['ann', 'cyd'])).toEqual({
      rows: [row('ann', 'alreadyAssigned'), row('cyd', 'refused', 'NO_AVAILABLE_LICENSES')],
    });
  });

  it('R95 refuses a row that is no person ID, and writes nothing of it', () => {
    given(seatPool, [resized(0, 3, 3)])
      .when(AssignSeats, people('Ann Example', 'bob'))
      .then(assigned('bob'));
  });
});

describe('persons who were erased', () => {
  const erased = (personId: string) => ({
    [`person-${tenantId}.${personId}`]: [event(PersonErased, { personId, publisherId: null, tenantId })],
  });
  const room = [resized(0, 9, 3), assigned('ann')];

  it('R95 get no seat, nor is one that they hold called assigned', () => {
    const refusal = { code: 'PERSON_ERASED', pointer: '/personIds/0' };
    given(seatPool, room, { streams: erased('bob') })
      .when(AssignSeats, people('bob'))
      .refused(refusal);
    given(seatPool, room, { streams: erased('ann') })
      .when(AssignSeats, people('ann'))
      .refused(refusal);
    given(seatPool, full, { streams: erased('ann') })
      .when(AssignSeats, people('ann'))
      .refused(refusal);
  });

  it('R77 R95 refuses one for whom there is no license either, and says both', () => {
    given(seatPool, full, { streams: erased('cyd') })
      .when(AssignSeats, people('cyd'))
      .refused(noLicense, { code: 'PERSON_ERASED', pointer: '/personIds/0' });
  });

  it('R80 R95 are refused like everyone in rows after the last free seat, and a repetition answers the same', () => {
    const [history, streams] = [full.slice(0, 2), { ...erased('ann'), ...erased('bob') }];
    const sent = ['bob', 'cyd', 'ann', 'bob', 'dan', 'cyd'];
    const rows = [
      row('bob', 'refused', 'PERSON_ERASED'),
      row('cyd', 'assigned'),
      row('ann', 'refused', 'PERSON_ERASED'),
      row('bob', 'refused', 'NO_AVAILABLE_LICENSES'),
      row('dan', 'refused', 'NO_AVAILABLE_LICENSES'),
      row('cyd', 'alreadyAssigned'),
    ];
    expect(answers(AssignSeats, history, sent, streams)).toEqual({ rows });
    expect(answers(AssignSeats, full, ['cyd', 'dan'], erased('dan'))).toEqual({
      rows: ['cyd', 'dan'].map((personId) => row(personId, 'refused', 'NO_AVAILABLE_LICENSES')),
    });
  });

  it('R95, R86 are those of this tenant: one of the same ID elsewhere is another', () => {
    const elsewhere = {
      'person-00000000-0000-4000-8000-000000000000.bob': erased('bob')[`person-${tenantId}.bob`] ?? [],
    };
    given(seatPool, room, { streams: elsewhere }).when(AssignSeats, people('bob')).then(assigned('bob'));
  });

  it('R95, R80 are refused row by row in a list, and a repetition answers the same', () => {
    const streams = { ...erased('bob'), ...erased('__proto__') };
    const sent = ['bob', 'cyd', '__proto__', 'Not An ID', 'bob'];
    const rows = [
      row('bob', 'refused', 'PERSON_ERASED'),
      row('cyd', 'assigned'),
      row('__proto__', 'refused', 'PERSON_ERASED'),
      row('Not An ID', 'refused', 'PERSON_ID_INVALID'),
      row('bob', 'refused', 'PERSON_ERASED'),
    ];
    const refused = ['bob', '__proto__', 'bob'].map((personId) => ({ personId, code: 'PERSON_ERASED' as const }));
    given(seatPool, room, { streams })
      .when(AssignSeats, people(...sent))
      .then(event(SeatAssigned, { ...ids, personId: 'cyd', refused }));
    expect(answers(AssignSeats, room, sent, streams)).toEqual({ rows });
    expect(answers(AssignSeats, room, ['bob', 'bob'], streams)).toEqual({ rows: [rows[0], rows[0]] });
  });

  it('R95 can be taken their seat', () => {
    given(seatPool, room, { streams: erased('ann') })
      .when(UnassignSeats, people('ann'))
      .then(unassigned('ann'));
  });

  it('R80 are looked for among 10,000 at most', () => {
    const persons = Array.from({ length: 10_001 }, (_, index) => `p${index}`);
    const assigning = seatPool.handles.find(({ command }) => command === AssignSeats);
    const facts = assigning?.facts?.(people(...persons), seatPool.initial(), { newId: String, caller: {} });
    expect(Object.keys(facts ?? {})).toHaveLength(10_000);
  });
});

describe('UnassignSeats', () => {
  it('R81 frees the seat for somebody else', () => {
    given(seatPool, full).when(UnassignSeats, people('ann')).then(unassigned('ann'));
    given(seatPool, [...full, unassigned('ann')])
      .when(AssignSeats, people('cyd'))
      .then(assigned('cyd'));
  });

  it('R78 is success without event for who has no seat', () => {
    given(seatPool, full).when(UnassignSeats, people('cyd')).then();
    expect(answers(UnassignSeats, full, ['cyd'])).toEqual({ rows: [row('cyd', 'notAssigned')] });
  });

  it('R73, E17: two of five seats given back resolve the conflict with three licenses, one does not', () => {
    const five = ['ann', 'bob', 'cyd', 'dan', 'eve'].map((personId) => assigned(personId));
    const inConflict = [resized(0, 5, 3), ...five, resized(5, 3, 4), detected(5, 3)];
    given(seatPool, inConflict).when(UnassignSeats, people('ann')).then(unassigned('ann'));
    given(seatPool, inConflict)
      .when(UnassignSeats, people('ann', 'eve'))
      .then(unassigned('ann'), unassigned('eve'), event(LicenseConflictResolved, { ...ids, reason: 'seatsFreed' }));
  });

  it('R74 accepts giving back kept seats while the total is 0', () => {
    given(seatPool, [...full, resized(2, 0, 4), event(SeatPoolDeactivated, { ...ids, graceEndsAt: null })])
      .when(UnassignSeats, people('ann', 'bob'))
      .then(unassigned('ann'), unassigned('bob'));
  });

  it('R80 answers row by row', () => {
    expect(answers(UnassignSeats, full, ['ann', 'cyd', 'X', 'ann'])).toEqual({
      rows: [
        row('ann', 'unassigned'),
        row('cyd', 'notAssigned'),
        row('X', 'refused', 'PERSON_ID_INVALID'),
        row('ann', 'notAssigned'),
      ],
    });
  });

  it('R80, R95 refuses 10,001 person IDs, and a single one that is none', () => {
    const persons = Array.from({ length: 10_001 }, (_, index) => `p${index}`);
    given(seatPool, full)
      .when(UnassignSeats, people(...persons))
      .refused({ code: 'PERSON_COUNT_OUT_OF_RANGE', pointer: '/personIds' });
    given(seatPool, full)
      .when(UnassignSeats, people('Ann'))
      .refused({ code: 'PERSON_ID_INVALID', pointer: '/personIds/0' });
  });
});

describe('the pool', () => {
  it('R82 does not come about by asking for seats of it', () => {
    const nothing = given(seatPool, []);
    nothing.when(AssignSeats, people('ann')).refused(noLicense);
    nothing.when(AssignSeats, people('ann', 'bob')).then();
    nothing.when(UnassignSeats, people('ann')).then();
    nothing.when(SetShrinkPolicy, { tenantId, serviceId, policy: 'newestFirst' }).then();
  });

  it('R86 is its tenant’s alone', () => {
    const state = recorded('seatPool-x', full).reduce(
      (past, happened) => seatPool.evolve(past, happened),
      seatPool.initial(),
    );
    expect(seatPool.owner(state)).toEqual({ tenantId: ids.tenantId });
    expect(seatPool.owner(seatPool.initial())).toBeNull();
  });

  it('R79 is for the customer’s global, license and user administrators', () => {
    for (const { http } of [AssignSeats, UnassignSeats]) {
      expect(http.by).toEqual(['customer.globalAdmin', 'customer.licenseAdmin', 'customer.userAdmin']);
      expect(http.denied).toBe('SEAT_ROLE_REQUIRED');
    }
  });
});
