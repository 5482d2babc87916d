import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const keyRefusals = {
  ROLE_UNKNOWN: {
    rule: null,
    status: 422,
    title: 'There is no such role',
    help: 'Use one of the roles that the reference lists.',
  },
  KEY_SCOPE_INVALID: {
    rule: null,
    status: 422,
    title: 'The scope does not belong to the role',
    help: 'Publisher roles and app take a publisherId, customer roles a tenantId, all others neither.',
  },
  KEY_LABEL_INVALID: {
    rule: null,
    status: 422,
    title: 'The label is not valid',
    help: 'Say in 1 to 100 characters what the key is for.',
  },
  KEY_PERSON_INVALID: {
    rule: 'R95',
    status: 422,
    title: 'The person ID is not valid',
    help: 'Use 1 to 64 lower-case letters, digits, hyphens or underscores; a name or an address is not an ID.',
  },
  KEY_EXPIRY_INVALID: {
    rule: null,
    status: 422,
    title: 'The expiry is not valid',
    help: 'Give an instant in the future, as ISO 8601 in UTC, or null.',
  },
  LAST_ADMIN_KEY: {
    rule: null,
    status: 422,
    title: 'This is the last key that can create others',
    help: 'Create another admin key that does not expire, then revoke this one.',
  },
  KEYS_CONTENDED: {
    rule: null,
    status: 503,
    title: 'Keys were changed by someone else at the same time',
    help: 'Nothing was changed. Try again.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(keyRefusals);
