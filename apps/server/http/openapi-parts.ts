import type { RefusalPages } from '#lib/engine/model/refusal.js';
import type { JsonSchema } from '#lib/engine/schema.js';
import { limits } from './limits.js';

/** What every route shares in the reference. */
export const position = {
  type: 'string',
  description: 'Opaque place in the log of this installation; send it as `after`.',
};
export const revision = { type: 'integer', minimum: -1, description: 'Counts the events of one thing from 0.' };

/** Of an answer that was asked for with one. */
export const receipt: JsonSchema = {
  type: 'string',
  description:
    'A signed note (https://c2sp.org/signed-note): canonical JSON of query, input, caller, now, position, policy and answer. `POST /receipts/replay` answers it again.',
};

const query = (name: string, schema: object, description: string) => ({
  name,
  in: 'query',
  required: false,
  schema,
  description,
});
const header = (name: string, schema: object, description: string) => ({
  name,
  in: 'header',
  required: false,
  schema,
  description,
});

/** By the names with which routes take them (`protocolParameters`), and the headers. */
export const parameters: Readonly<Record<string, object>> = {
  after: query(
    'after',
    position,
    'Answer with everything up to this position handled; bounded by `wait`, else 503 VIEW_BEHIND.',
  ),
  asOf: query(
    'asOf',
    { type: 'string', examples: ['2026-03-01T12:00:00Z'] },
    'Answer as it was: at an instant (RFC 3339), or when the log ended at a position. Names of people are those of today. The answer has no ETag. Not with `after`.',
  ),
  wait: query(
    'wait',
    { type: 'integer', minimum: 0, maximum: limits.waitMs, default: limits.usualWaitMs },
    'The longest wait in milliseconds.',
  ),
  dryRun: query(
    'dryRun',
    { type: 'boolean', default: false },
    'Answer with the events that would be written; write nothing.',
  ),
  receipt: query(
    'receipt',
    { type: 'boolean', default: false },
    'Answer with a receipt: what the answer follows from, signed. It is kept by nobody else. `position` is exact then.',
  ),
  limit: query(
    'limit',
    { type: 'integer', minimum: 1, maximum: limits.pageRows, default: limits.usualPageRows },
    'The most rows of a page.',
  ),
  cursor: query(
    'cursor',
    { type: 'string', maxLength: limits.parameterLength },
    'What the page before answered as `next`.',
  ),
  idempotencyKey: header(
    'Idempotency-Key',
    { type: 'string', minLength: 1, maxLength: limits.idempotencyKeyLength },
    'The same key and body again: one effect, the same answer. A key used for something else is a 422. Without credentials a UUID.',
  ),
  ifMatch: header(
    'If-Match',
    { type: 'string', pattern: '^"r\\d{1,15}"$', examples: ['"r7"'] },
    'The ETag that was seen; if it is no longer the current one, a 412.',
  ),
  traceparent: header('traceparent', { type: 'string' }, 'W3C trace context; its trace ID comes back as `trace-id`.'),
};

export const headers: Readonly<Record<string, object>> = {
  etag: { schema: { type: 'string' }, description: 'The revision as `"r<revision>"`: what `If-Match` sends back.' },
  traceId: { schema: { type: 'string', pattern: '^[0-9a-f]{32}$' }, description: 'Names this request in the logs.' },
  position: {
    schema: { type: 'string' },
    description: 'Where the log ended: sent as `asOf`, it gives the same bytes.',
  },
  location: { schema: { type: 'string' }, description: 'Where to ask how far an operation is.' },
  retryAfter: { schema: { type: 'integer' }, description: 'Seconds.' },
};

const nullableText = { type: ['string', 'null'] };

/** RFC 9457, with the closed list of codes. */
export function problemSchema(pages: RefusalPages): object {
  const code = {
    type: 'string',
    enum: Object.keys(pages).sort(),
    description: 'The first broken rule; `errors` lists every one.',
  };
  const rule = { ...nullableText, pattern: '^R\\d+$' };
  const error = {
    type: 'object',
    properties: {
      pointer: { ...nullableText, description: 'RFC 6901, into the body.' },
      code,
      rule,
      detail: { type: 'string' },
    },
    required: ['pointer', 'code', 'rule', 'detail'],
  };
  return {
    type: 'object',
    properties: {
      type: { type: 'string', format: 'uri-reference', description: "Address of the code's page." },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code,
      rule,
      errors: { type: 'array', items: error, maxItems: limits.faultsListed },
      traceId: { type: 'string' },
      revision: { ...revision, description: 'The current one, with 412 and 428.' },
      position: { ...position, description: 'Where the view is, with VIEW_BEHIND and DOCUMENT_PARKED.' },
      since: { type: 'string', format: 'date-time', description: 'With DOCUMENT_PARKED.' },
    },
    required: ['type', 'title', 'status', 'detail', 'code', 'rule', 'errors', 'traceId'],
  };
}

export const dryRunSchema = {
  type: 'object',
  description: 'What the command would do, and for some commands more about it.',
  properties: {
    dryRun: { const: true },
    revision,
    events: {
      type: 'array',
      items: {
        type: 'object',
        properties: { type: { type: 'string' }, data: { type: 'object' } },
        required: ['type', 'data'],
      },
    },
  },
  required: ['dryRun', 'revision', 'events'],
};
