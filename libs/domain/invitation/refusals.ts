import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const invitationRefusals = {
  CONSENT_NOT_ALLOWED: {
    rule: 'R57',
    status: 403,
    title: 'This role may not consent for the customer',
    help: "Ask the customer's billing or global administrator to open the link and accept.",
  },
  CUSTOMER_NAME_INVALID: {
    rule: 'R60',
    status: 422,
    title: 'The organization name is not valid',
    help: 'Give a name of 1 to 200 characters.',
  },
  CUSTOMER_COUNTRY_INVALID: {
    rule: 'R60',
    status: 422,
    title: 'The country is not valid',
    help: 'Give a country code of ISO 3166-1 alpha-2.',
  },
  INVITATION_NOT_VALID: {
    rule: 'R61',
    status: 422,
    title: 'The invitation is not valid',
    help: 'Check the link, or ask the publisher for another one: it may be wrong, expired, revoked or used.',
  },
  INVITATION_NOT_PENDING: {
    rule: 'R61',
    status: 422,
    title: 'The invitation is not pending any more',
    help: 'Look at the invitations of the deal for what became of it; to invite the customer again, make another one.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(invitationRefusals);
