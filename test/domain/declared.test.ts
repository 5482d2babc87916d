import type { HttpRoute } from '#lib/engine/model/message.js';
import { schemaOf } from '#lib/engine/schema.js';
import { deciders } from '#lib/domain/deciders.js';
import { UpdateLicenses } from '#lib/domain/deal/messages.js';
import { CreateOffer } from '#lib/domain/offer/offer-messages.js';
import { CreatePlan } from '#lib/domain/offer/plans-messages.js';
import { roles } from '#lib/domain/roles.js';
import { AdjustSeatPool } from '#lib/domain/seat-pool/messages.js';
import { SeatsAtStake, SeatsOfPool } from '#lib/views/seats.js';

const handlings = deciders.flatMap(({ category, handles }) => handles.map(({ command }) => ({ category, command })));
const typesWhere = (holds: (declared: (typeof handlings)[number]) => boolean) =>
  handlings
    .filter(holds)
    .map(({ command }) => command.type)
    .sort();
const rolesOf = ({ http }: { readonly http: HttpRoute }) =>
  roles.filter((role) => http.by !== 'anyone' && http.by.includes(role));
const fieldsOf = (command: (typeof handlings)[number]['command']) =>
  Object.keys(schemaOf(command)['properties'] as object);

describe('what commands declare', () => {
  it.each([
    ['R4', 'offerId', CreateOffer.type],
    ['R5', 'alias', CreateOffer.type],
    ['R6', 'publisherId', CreateOffer.type],
    ['R24', 'serviceId', null],
  ])('%s nothing that happens to an offer can change its %s', (_rule, field, giver) => {
    const givers = typesWhere(({ category, command }) => category === 'offer' && fieldsOf(command).includes(field));
    expect(givers).toEqual(giver === null ? [] : [giver]);
  });

  it('R24 a plan’s ID is given with its creation, and only names it afterwards', () => {
    expect(fieldsOf(CreatePlan)).toContain('planId');
    const naming = handlings.filter(
      ({ category, command }) => category === 'offer' && fieldsOf(command).includes('planId'),
    );
    for (const { command } of naming.filter((one) => one.command !== CreatePlan && one.command.http)) {
      expect(command.http?.route).toContain('/plans/{planId}');
    }
    expect(naming.length).toBeGreaterThan(3);
  });

  it('R71 UpdateLicenses and AcceptInvitation wait for what follows from them', () => {
    const settling = typesWhere(({ command }) => command.settles === true);
    expect(settling).toEqual(expect.arrayContaining(['AcceptInvitation', 'UpdateLicenses']));
  });

  it('R76 PublishOffer, GoLive and UpdateLicenses must state the revision that was seen', () => {
    const stating = typesWhere(({ command }) => command.http?.revision === 'required');
    expect(stating).toEqual(['GoLive', 'PublishOffer', 'UpdateLicenses']);
  });

  it('R82 no role of the customer sets a count, and a pool’s total comes from deals alone', () => {
    expect(rolesOf(UpdateLicenses)).toContain('publisher.owner');
    expect(rolesOf(UpdateLicenses).filter((role) => role.startsWith('customer.'))).toEqual([]);
    expect(AdjustSeatPool).not.toHaveProperty('http');
  });

  it('R83 no role of the publisher sees who holds a seat, nor whose is at stake', () => {
    for (const query of [SeatsOfPool, SeatsAtStake]) {
      expect(rolesOf(query)).toContain('customer.licenseAdmin');
      // Auditors see IDs, as in the ledger, and no names.
      expect(rolesOf(query).filter((role) => !role.startsWith('customer.'))).toEqual(['auditor']);
    }
  });
});
