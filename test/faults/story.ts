import type { Owner } from '#lib/engine/model/aggregate.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { dealForm } from '../../apps/server/demo/fabrikam.js';
import { deciders } from '#lib/domain/deciders.js';
import { personOf } from '../support/persons.js';
import { settings } from '../support/settings.js';
import { licenseManagement, listing, planIds, solutionPackage, technicalConfiguration } from '../support/offers.js';
import { tenants } from './inputs.js';

/** Every command that there is, by its stored name. */
export const commands: ReadonlyMap<string, CommandClass> = new Map(
  deciders.flatMap(({ handles }) => handles.map(({ command }) => [command.type, command as CommandClass])),
);

const offer = 'fabrikam.f365';
const publisherId = 'fabrikam';
const [tenantId = '', other = ''] = tenants;
const hourMs = 3_600_000;

/** Where a story happens. */
export interface Stage {
  /** All that has happened, in order. */
  readonly log: readonly Recorded[];
  /** Sends a command, at the revision that is there, and lets everything follow from it. */
  send(type: CommandClass, input: object, caller?: Owner): unknown;
  /** Lets time pass, and what is due then happen. */
  pass(ms: number): unknown;
}

/** The last value of a field that any event has had. */
function last(history: Stage, field: string): string {
  const found = history.log.findLast(({ data }) => field in data);
  return String((found?.data as Record<string, unknown> | undefined)?.[field]);
}

/** A step sends one command of the story, or lets time pass. */
type Step = (history: Stage) => unknown;
const send = (name: string, input: object | ((history: Stage) => object), caller?: Owner): Step => {
  const type = commands.get(name);
  if (!type) throw new Error(`There is no command ${name}.`);
  return (history) => history.send(type, typeof input === 'function' ? input(history) : input, caller);
};
const submission = (history: Stage) => ({ offer, submissionId: last(history, 'submissionId') });
const reviewed = (history: Stage) => ({
  ...submission(history),
  report: [{ check: 'P', detail: 'D', whatToDo: 'W' }],
});
const publish = send('PublishOffer', { offer });
const update = (lines: Record<string, number>, removed: readonly string[] = [], tenant = tenantId): Step =>
  send('UpdateLicenses', (history) => ({
    dealId: last(history, 'dealId'),
    tenantId: tenant,
    lines: Object.entries(lines).map(([planId, count]) => ({ planId, count })),
    removed,
  }));
const seats = (name: string, ...personIds: readonly string[]): Step =>
  send(name, { tenantId, serviceId: `${offer}.gold`, personIds }, { tenantId });
const onDeal = (name: string, more: object = {}): Step =>
  send(name, (history) => ({ dealId: last(history, 'dealId'), ...more }));
const byToken = (name: string, more: object = {}): Step =>
  send(
    name,
    (history) => {
      const invitationId = last(history, 'invitationId');
      return { token: `${invitationId}.${settings.invitationSecret(invitationId)}`, ...more };
    },
    { tenantId },
  );
const form = { ...dealForm('2026-03-01'), offer, tenantId };
const person = personOf({ name: 'Grace' });
const visitor = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@contoso.example', country: 'GB', company: 'C' };
const submit = send('SubmitLead', { offer, kind: 'contact', ...visitor, consent: true }, {});
const onLead = (name: string, more: object = {}): Step =>
  send(name, (history) => ({ leadId: last(history, 'leadId'), ...more }));

/** The story of the domain with its ways back, from nothing to licenses removed. */
export const story: readonly Step[] = [
  send('EnrollPublisher', { publisherId, name: 'Fabrikam' }),
  send('EnrollInIsvConnect', { publisherId }),
  send('CreateOffer', { publisherId, offerId: 'f365', alias: 'Project Blue' }),
  send('ChooseLicensingOptions', { offer, ...licenseManagement }),
  ...planIds.flatMap((planId) => [
    send('CreatePlan', { offer, planId, name: planId }),
    send('SavePlanListing', { offer, planId, name: planId, description: 'A plan.' }),
  ]),
  send('RegisterPackage', { offer, ...solutionPackage }),
  send('SaveTechnicalConfiguration', { offer, ...technicalConfiguration }),
  send('SaveProperties', { offer, category: 'Sales' }),
  send('SaveListing', { offer, ...listing }),
  send('SaveAvailability', { offer, markets: ['US'] }),
  publish,
  send('CancelPublish', submission),
  publish,
  send('RejectOffer', reviewed),
  publish,
  send('CertifyOffer', reviewed),
  send('GoLive', submission),
  (history) => history.pass(5 * hourMs),
  send('ConnectLeadDestination', { publisherId, url: 'https://fabrikam.example/leads' }),
  submit,
  onLead('AcceptLead'),
  onLead('CloseLead', { outcome: 'won' }),
  submit,
  onLead('AcceptLead'),
  onLead('CloseLead', { outcome: 'lost' }),
  submit,
  onLead('DeclineLead'),
  submit,
  send('StartDeal', { publisherId, ...form }),
  onDeal('RegisterDeal'),
  onDeal('RequestDealUpdate', { reason: 'City' }),
  onDeal('UpdateDeal', { ...form, city: 'Seattle' }),
  onDeal('InviteCustomer'),
  byToken('AcceptInvitation', { organizationName: 'Contoso', country: 'US' }),
  update({ gold: 3, silver: 2 }),
  seats('AssignSeats', 'ada', 'grace', 'alan'),
  update({ gold: 1 }),
  seats('UnassignSeats', 'grace', 'alan'),
  update({ bronze: 4 }, ['silver']),
  update({ gold: 2 }, [], other),
  onDeal('ApproveDeal'),
  update({ gold: 2 }),
  seats('AssignSeats', 'grace'),
  send('PutPersonOfTenant', { tenantId, personId: 'grace', ...person }, { tenantId }),
  send('ErasePersonOfTenant', { tenantId, personId: 'grace' }, { tenantId }),
  update({ gold: 1 }),
  (history) => history.pass(90 * 24 * hourMs),
  send('SetShrinkPolicy', { tenantId, serviceId: `${offer}.gold`, policy: 'newestFirst' }, { tenantId }),
  update({}, ['gold', 'bronze']),
  send('TerminateRelationship', { publisherId, tenantId }),
  (history) => history.pass(30 * 24 * hourMs),
  send('StartDeal', { publisherId, ...form }),
  onDeal('RegisterDeal'),
  onDeal('InviteCustomer'),
  byToken('DeclineInvitation'),
  onDeal('InviteCustomer'),
  send('RevokeInvitation', (history) => ({ invitationId: last(history, 'invitationId') })),
  onDeal('InviteCustomer'),
  (history) => history.pass(91 * 24 * hourMs),
  onDeal('DeclineDeal', { reason: 'Twice' }),
  send('CreatePlan', { offer, planId: 'platinum', name: 'platinum' }),
  send('DeletePlan', { offer, planId: 'platinum' }),
  send('StopPlan', { offer, planId: 'silver', typedPlanId: 'silver' }),
  send('ResumePlan', { offer, planId: 'silver' }),
  send('StopDistribution', { offer }),
  (history) => history.pass(5 * hourMs),
  publish,
  send('CertifyOffer', reviewed),
  send('GoLive', submission),
  (history) => history.pass(5 * hourMs),
];
