import { event } from '#lib/engine/model/message.js';
import {
  LeadAccepted,
  LeadDeclined,
  LeadExpired,
  LeadLost,
  LeadSubmitted,
  LeadWon,
} from '#lib/domain/lead/messages.js';
import { leadSource, type LeadKind } from '#lib/domain/lead/status.js';
import { offer } from '../../support/offers.js';

export const leadId = 'id-of-lead';
/** Of a lead that was submitted at noon: 14 days later. */
export const dueAt = '2026-03-15T12:00:00.000Z';
export const ids = { publisherId: 'fabrikam', leadId };

/** What a visitor sends, whole. */
export const input = {
  offer,
  kind: 'contact' as LeadKind,
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: 'ada@contoso.example',
  country: 'GB',
  company: 'Contoso',
  phone: '+44 20 555',
  title: 'Countess',
  comments: 'For 30 people.',
  consent: true,
};
export const submitted = (kind: LeadKind = 'contact') =>
  event(LeadSubmitted, {
    ...ids,
    offer,
    kind,
    source: leadSource(kind, offer),
    personId: 'id-of-person',
    answerDueAt: kind === 'contact' ? dueAt : null,
  });
export const accepted = event(LeadAccepted, ids);
export const declined = event(LeadDeclined, ids);
export const won = event(LeadWon, ids);
export const lost = event(LeadLost, ids);
export const expired = event(LeadExpired, ids);
