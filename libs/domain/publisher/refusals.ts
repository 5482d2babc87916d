import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const publisherRefusals = {
  PUBLISHER_ID_INVALID: {
    rule: 'R1',
    status: 422,
    title: 'The publisher ID is not valid',
    help: 'Use 1 to 38 lower-case letters, digits, hyphens or underscores.',
  },
  PUBLISHER_ALREADY_ENROLLED: {
    rule: 'R6',
    status: 422,
    title: 'The publisher is already enrolled',
    help: 'Nothing is left to do; go on with the publisher that is there, or enrol one with another ID.',
  },
  PUBLISHER_NAME_INVALID: {
    rule: 'R6',
    status: 422,
    title: 'The publisher name is not valid',
    help: 'Give a name of 1 to 200 characters.',
  },
  LEAD_DESTINATION_INVALID: {
    rule: 'R44',
    status: 422,
    title: 'The address for leads is not valid',
    help: 'Give an https address of at most 2,000 characters, without query, fragment and credentials. What is sent there is signed: verify that.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(publisherRefusals);
