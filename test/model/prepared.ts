import type { Owner } from '#lib/engine/model/aggregate.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import { RegisterDeal, StartDeal, UpdateLicenses } from '#lib/domain/deal/messages.js';
import { AcceptInvitation, InviteCustomer } from '#lib/domain/invitation/messages.js';
import { CreateOffer } from '#lib/domain/offer/offer-messages.js';
import {
  ChooseLicensingOptions,
  RegisterPackage,
  SaveAvailability,
  SaveListing,
  SaveProperties,
  SaveTechnicalConfiguration,
} from '#lib/domain/offer/pages-messages.js';
import { CreatePlan, SavePlanListing } from '#lib/domain/offer/plans-messages.js';
import { PublishOffer } from '#lib/domain/offer/publishing-messages.js';
import { GoLive } from '#lib/domain/offer/release-messages.js';
import { EnrollInIsvConnect, EnrollPublisher } from '#lib/domain/publisher/messages.js';
import type { Role } from '#lib/domain/roles.js';
import { AssignSeats } from '#lib/domain/seat-pool/messages.js';
import { complete } from '../domain/deal/fixtures.js';
import { licenseManagement, listing, planIds, solutionPackage, technicalConfiguration } from '../support/offers.js';
import { secretOf } from './invitation.js';
import { hourMs } from './model.js';
import type { World } from './world.js';

export const tenantId = '10000000-0000-4000-8000-000000000000';
const publisherId = 'fabrikam';
const offer = 'fabrikam.f365';

/** Takes a world, with certification by itself, to three seats of three gold licenses; the deal's ID is `deal`. */
export function prepare(world: World): World {
  const publisher = { publisherId };
  const send = <C extends object>(command: CommandClass<C>, input: C, id: string = command.type, tenant?: Owner) => {
    const isOperator = command.http?.by.includes('marketplaceOperator');
    const role: Role = tenant ? 'customer.globalAdmin' : isOperator ? 'marketplaceOperator' : 'publisher.owner';
    const caller = tenant ?? (isOperator ? { installation: true } : publisher);
    const verdict = world.send(command, input, { role, caller, id });
    if (verdict !== 'done') throw new Error(`${command.type}: ${verdict}`);
  };
  send(EnrollPublisher, { publisherId, name: 'Fabrikam' });
  send(EnrollInIsvConnect, { publisherId });
  send(CreateOffer, { publisherId, offerId: 'f365', alias: 'Project Blue' });
  send(ChooseLicensingOptions, { offer, ...licenseManagement });
  for (const planId of planIds) {
    send(CreatePlan, { offer, planId, name: planId });
    send(SavePlanListing, { offer, planId, name: planId, description: 'A plan.' });
  }
  send(RegisterPackage, { offer, ...solutionPackage });
  send(SaveTechnicalConfiguration, { offer, ...technicalConfiguration });
  send(SaveProperties, { offer, category: 'Sales' });
  send(SaveListing, { offer, ...listing });
  send(SaveAvailability, { offer, markets: ['US'] });
  send(PublishOffer, { offer }, 'first');
  send(GoLive, { offer, submissionId: 'first' });
  world.pass(4 * hourMs, true);
  send(StartDeal, { publisherId, ...complete }, 'deal');
  send(RegisterDeal, { dealId: 'deal' });
  send(InviteCustomer, { dealId: 'deal' }, 'first');
  const token = `first.${secretOf('first')}`;
  send(AcceptInvitation, { token, organizationName: 'Contoso', country: 'US' }, 'accepted', { tenantId });
  send(UpdateLicenses, { dealId: 'deal', tenantId, lines: [{ planId: 'gold', count: 3 }], removed: [] });
  const personIds = ['ada', 'grace', 'alan'];
  send(AssignSeats, { tenantId, serviceId: `${offer}.gold`, personIds }, 'assigned', { tenantId });
  return world;
}
