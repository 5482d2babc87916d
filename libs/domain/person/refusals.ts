import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const personRefusals = {
  PERSON_ID_INVALID: {
    rule: 'R95',
    status: 422,
    title: 'The person ID is not valid',
    help: 'Use 1 to 64 lower-case letters, digits, hyphens or underscores; never a name or an e-mail address.',
  },
  PERSON_FIELD_INVALID: {
    rule: 'R95',
    status: 422,
    title: 'A field of the person is not valid',
    help: 'Give a name of 1 to 200 characters. Leave out what is not known; what is given is not empty, and no longer than the reference says.',
  },
  PERSON_ERASED: {
    rule: 'R95',
    status: 422,
    title: 'The person was erased',
    help: 'An erased person is never written down again. Name another one, or use a new person ID.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(personRefusals);
