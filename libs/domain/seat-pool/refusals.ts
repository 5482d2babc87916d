import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const seatPoolRefusals = {
  NO_AVAILABLE_LICENSES: {
    rule: 'R77',
    status: 422,
    title: 'No license is available',
    help: 'Unassign a seat that is no longer needed, or ask the publisher for more licenses, then assign again.',
  },
  SEAT_ROLE_REQUIRED: {
    rule: 'R79',
    status: 403,
    title: 'This role may not give or take seats',
    help: "Ask the customer's global, license or user administrator to do it.",
  },
  PERSON_COUNT_OUT_OF_RANGE: {
    rule: 'R80',
    status: 422,
    title: 'Too few or too many person IDs',
    help: 'Send 1 to 10,000 person IDs in a request; split a longer list into several requests.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(seatPoolRefusals);
