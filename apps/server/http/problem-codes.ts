import type { RefusalPages } from '#lib/engine/model/refusal.js';

/** Codes of the protocol itself; the domain's own stand beside its rules. */
export const generalProblems = {
  UNAUTHENTICATED: {
    rule: null,
    status: 401,
    title: 'Credentials are missing or not valid',
    help: 'Send `Authorization: Bearer <API key>` with a key that has neither expired nor been revoked. The installation’s admin gives keys.',
  },
  FORBIDDEN: {
    rule: null,
    status: 403,
    title: 'This role may not do this',
    help: 'Use a key whose role is named in the reference of this route.',
  },
  NOT_FOUND: {
    rule: null,
    status: 404,
    title: 'There is no such thing',
    help: 'Check the address and the IDs in it. What belongs to another publisher or tenant is answered in the same way.',
  },
  REQUEST_MALFORMED: {
    rule: null,
    status: 400,
    title: 'The request is not valid HTTP',
    help: 'Check the address and its percent encoding, the size of the headers and the length of the body.',
  },
  MALFORMED_JSON: {
    rule: null,
    status: 400,
    title: 'The body is not JSON as it is read here',
    help: 'Send UTF-8 JSON without doubled keys, without `__proto__`, nested at most 32 levels deep, with numbers that a double holds exactly.',
  },
  BODY_INVALID: {
    rule: null,
    status: 400,
    title: 'The body does not have the shape of this message',
    help: 'Compare the body with the reference: types, missing and unknown properties. `errors` lists every fault.',
  },
  PARAMETER_INVALID: {
    rule: null,
    status: 400,
    title: 'A parameter or header is not valid',
    help: 'Compare the query string and the headers with the reference; what a route does not declare is refused, never ignored.',
  },
  AS_OF_TOO_WIDE: {
    rule: null,
    status: 422,
    title: 'An earlier state of so much cannot be answered at once',
    help: 'What `asOf` asks for is folded again from its events, and here there are too many. Ask for less: one deal, offer or pool instead of all of a publisher or customer.',
  },
  BODY_TOO_LARGE: {
    rule: null,
    status: 413,
    title: 'The body is too large',
    help: 'Send at most 64 kB; 5 MB where a command takes up to 10,000 rows.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    rule: null,
    status: 415,
    title: 'The body is not of a supported media type',
    help: 'Send `Content-Type: application/json`, in UTF-8.',
  },
  REVISION_REQUIRED: {
    rule: 'R76',
    status: 428,
    title: 'This command states the revision that was seen',
    help: 'Read what is there, then send its ETag as `If-Match: "r<revision>"`. `revision` is the current one.',
  },
  STALE_REVISION: {
    rule: 'R76',
    status: 412,
    title: 'Something changed since it was read',
    help: 'Read it again, decide again, and send the new ETag. `revision` is the current one.',
  },
  KEY_REUSED: {
    rule: null,
    status: 422,
    title: 'The idempotency key was used for something else',
    help: 'Send a new key with a new command; send an old one only with the very same body.',
  },
  COMMAND_TOO_LARGE: {
    rule: null,
    status: 422,
    title: 'The command changes too much at once',
    help: 'Split it: a command appends at most 1,000 events and 512 kB.',
  },
  RATE_LIMITED: {
    rule: null,
    status: 429,
    title: 'Too many calls from one address',
    help: 'Nothing was done. Send it again after the seconds in Retry-After.',
  },
  CONTENDED: {
    rule: null,
    status: 503,
    title: 'Others kept changing the same thing',
    help: 'Nothing was written. Try again with the same idempotency key.',
  },
  STORE_UNAVAILABLE: {
    rule: null,
    status: 503,
    title: 'Nothing can be written at the moment',
    help: 'Nothing was written. Try again after the time in Retry-After, with the same idempotency key.',
  },
  OUTCOME_UNKNOWN: {
    rule: null,
    status: 503,
    title: 'Whether it was written is not known',
    help: 'Send the same command with the same idempotency key: it is carried out at most once, and you get its answer.',
  },
  HISTORY_UNREADABLE: {
    rule: null,
    status: 503,
    title: 'Its history cannot be read by this build',
    help: 'An event of it is damaged, or was written by a newer build, and nothing is decided on half a history. Give the traceId to whoever runs the installation: the newer build reads it, or the data are restored from a backup.',
  },
  VIEW_BEHIND: {
    rule: null,
    status: 503,
    title: 'The view has not got there yet',
    help: 'Ask again with the same `after` or `asOf`; `position` says how far the view is.',
  },
  DOCUMENT_PARKED: {
    rule: null,
    status: 503,
    title: 'This part of the view waits for an operator',
    help: 'An event could not be folded into it. Everything else is up to date; `since` says when it stopped.',
  },
  INTERNAL: {
    rule: null,
    status: 500,
    title: 'The server failed',
    help: 'Give the traceId to whoever runs the installation. A command can be sent again with the same idempotency key.',
  },
} as const satisfies RefusalPages;
