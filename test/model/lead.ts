import { AcceptLead, CloseLead, DeclineLead, ExpireLead, SubmitLead } from '#lib/domain/lead/messages.js';
import type { LeadKind } from '#lib/domain/lead/status.js';
import type { PersonData } from '#lib/domain/person/messages.js';
import { isErased, isRight, writeDown } from './people.js';
import { isOnSale } from './plans.js';
import { totalOf } from './seat-pool.js';
import {
  after,
  dayMs,
  dealStaff,
  rule,
  unless,
  type Asked,
  type Model,
  type ModelLead,
  type ModelOffer,
  type Rule,
} from './model.js';

const answerWithinMs = 14 * dayMs;
const kindOf = { contactMe: 'contact', getItNow: 'install', freeTrial: 'freeTrial' } as const;

/** R41: what the buttons that the listing shows to this viewer ask for. */
export function kindsShown(model: Model, { key, live }: ModelOffer, { role, caller }: Asked): LeadKind[] {
  const { licenseManagement, freeInstall, listingOption } = live?.content.offerSetup ?? {};
  if (!licenseManagement) return listingOption ? [kindOf[listingOption]] : [];
  const holds = model.pools.some(
    (pool) => pool.tenantId === caller.tenantId && pool.serviceId.startsWith(`${key}.`) && totalOf(model, pool) > 0,
  );
  const isAdmin = role.startsWith('customer.');
  return holds || (freeInstall && isAdmin) ? ['contact', 'install'] : ['contact'];
}

/** R43: all that a visitor says of themselves, for the directory. */
function visitorOf({ firstName, lastName, comments, email, phone, title, company, country }: SubmitLead): PersonData {
  const name = `${firstName} ${lastName}`;
  return { name, firstName, lastName, email, phone, title, company, country, note: comments };
}

/** R45: nobody has answered it, and somebody still may. */
const isOpen = ({ now }: Model, { status, expiresAt }: ModelLead): boolean =>
  status === 'submitted' && expiresAt !== null && now < expiresAt;

export function unanswered(lead: ModelLead): void {
  if (lead.status === 'submitted') lead.status = 'expired';
}

function leadFor(model: Model, leadId: string, { caller }: Asked): ModelLead | undefined {
  return model.leads.find((one) => one.id === leadId && one.publisherId === caller.publisherId);
}

export const leadRules: readonly Rule[] = [
  rule(SubmitLead, 'anyone', (model, sent, asked) => {
    const offer = model.offers.find(({ key }) => key === sent.offer);
    if (!offer?.live) return 'NOT_FOUND'; // Of what was never live nobody learns that it is there.
    const { id } = asked;
    const { publisherId } = offer;
    const { name: _, ...visitor } = visitorOf(sent);
    return unless(
      [
        [isOnSale(model, offer) && !kindsShown(model, offer, asked).includes(sent.kind), 'LEAD_BUTTON_NOT_SHOWN'], // R41
        [!isOnSale(model, offer), 'LEAD_OFFER_NOT_ON_SALE'], // R42
        [!sent.consent, 'LEAD_CONSENT_MISSING'], // R43
        [!isRight({ name: 'Anyone', ...visitor }), 'LEAD_FIELD_INVALID'],
        [isErased(model, publisherId, id), 'PERSON_ERASED'], // R95
      ],
      () => {
        const expiresAt = sent.kind === 'contact' ? after(model.now, answerWithinMs) : null; // R45, R46
        model.leads.push({ id, publisherId, kind: sent.kind, expiresAt, status: 'submitted' });
        writeDown(model, publisherId, id, visitorOf(sent));
      },
    );
  }),

  ...[{ command: AcceptLead, answer: 'accepted' } as const, { command: DeclineLead, answer: 'declined' } as const].map(
    ({ command, answer }) =>
      rule(command, dealStaff, (model, { leadId }, asked) => {
        const lead = leadFor(model, leadId, asked);
        if (lead?.status === answer) return 'done'; // The same answer again changes nothing.
        return unless(
          [
            [!lead, 'NOT_FOUND'],
            [lead && lead.kind === 'contact' && !isOpen(model, lead), 'LEAD_NOT_OPEN'], // R45
            [lead?.kind !== 'contact', 'LEAD_NEEDS_NO_ANSWER'], // R46
          ],
          () => lead && (lead.status = answer),
        );
      }),
  ),

  rule(CloseLead, dealStaff, (model, { leadId, outcome }, asked) => {
    const lead = leadFor(model, leadId, asked);
    if (lead?.status === outcome) return 'done';
    return unless(
      [
        [!lead, 'NOT_FOUND'],
        [lead?.kind === 'contact' && lead.status !== 'accepted', 'LEAD_NOT_ACCEPTED'], // R45
        [lead?.kind !== 'contact', 'LEAD_NEEDS_NO_ANSWER'], // R46
      ],
      () => lead && (lead.status = outcome),
    );
  }),

  rule(ExpireLead, [], (model, { leadId }) => {
    const lead = model.leads.find(({ id }) => id === leadId);
    return unless([[!lead, 'NOT_FOUND']], () => lead?.expiresAt && !isOpen(model, lead) && unanswered(lead));
  }),
];
