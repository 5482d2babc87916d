import type { RefusalPages } from '#lib/engine/model/refusal.js';
import type { JsonSchema } from '#lib/engine/schema.js';
import { filterWords } from './filters.js';
import { Operation } from '../operations/operation-messages.js';
import { limits } from './limits.js';
import { generalProblems } from './problem-codes.js';
import { fieldsOf, objectSchema, type FieldSet } from './message-parts.js';
import { dryRunSchema, headers, parameters, position, problemSchema, receipt, revision } from './openapi-parts.js';
import { protocolParameters } from './parameters.js';
import { base, bodyBytesOf, type Route } from './routes.js';

type Json = Record<string, unknown>;
const ref = (section: string, name: string) => ({ $ref: `#/components/${section}/${name}` });

/** The OpenAPI 3.1 document of a table of routes: the same declarations that route, check and refuse. */
export function openApi(routes: readonly Route[], pages: RefusalPages): object {
  const schemas = new Map<string, unknown>([
    ['Problem', problemSchema(pages)],
    ['DryRun', dryRunSchema],
  ]);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, pages, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Seatledger',
      version: 'v1',
      description:
        'Licensing for a commercial marketplace. Every 4xx and 5xx is a problem (RFC 9457) whose `type` says how to go on.',
    },
    servers: [{ url: base }],
    security: [{ apiKey: [] }],
    tags: [...new Set([...routes.map(({ tag }) => tag), 'health'])].map((name) => ({ name })),
    paths: { ...paths, ...healthPaths },
    components: {
      schemas: Object.fromEntries(schemas),
      parameters,
      headers,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, as it was shown when it was created.' },
      },
    },
    'x-limits': limits,
  };
}

function operation(route: Route, pages: RefusalPages, schemas: Map<string, unknown>): Json {
  const { name, tag, http, parts } = route;
  const hasBody = parts.body !== null && Object.keys(parts.body.properties).length > 0;
  return {
    operationId: name,
    tags: [tag],
    summary: http.summary,
    description: http.by === 'anyone' ? 'For anyone, with or without credentials.' : `For: ${http.by.join(', ')}.`,
    ...(http.by === 'anyone' && { security: [{}, { apiKey: [] }] }),
    'x-roles': http.by,
    parameters: parametersOf(route),
    ...(parts.body && hasBody && { requestBody: requestBody(parts.body), 'x-body-bytes': bodyBytesOf(route) }),
    responses: { ...success(route, schemas), ...problemResponses(route, hasBody, pages) },
  };
}

function requestBody(body: FieldSet): Json {
  return { required: body.required.length > 0, content: { 'application/json': { schema: objectSchema(body) } } };
}

function parametersOf(route: Route): object[] {
  const { path, search } = route.parts;
  const own = (where: string, { properties, required }: FieldSet) =>
    Object.entries(properties).map(([name, schema]) => ({
      name,
      in: where,
      required: required.includes(name),
      schema,
    }));
  const filters = route.kind === 'list' ? [...route.filters] : [];
  return [
    ...own('path', path),
    ...own('query', search),
    ...Object.keys(protocolParameters(route, () => true)).map((name) => ref('parameters', name)),
    ...filters.flatMap(([field, type]) => filterParameters(field, type)),
    ...(route.kind === 'command' ? [ref('parameters', 'idempotencyKey'), ifMatch(route)] : []),
    ref('parameters', 'traceparent'),
  ];
}

function ifMatch(route: Route): object {
  return route.http.revision === 'required' ? { ...parameters.ifMatch, required: true } : ref('parameters', 'ifMatch');
}

function filterParameters(field: string, type: 'text' | 'number'): object[] {
  const one = { type: type === 'text' ? 'string' : 'number' };
  return filterWords
    .filter((word) => word !== 'prefix' || type === 'text')
    .map((word) => ({
      name: `filter[${field}][${word}]`,
      in: 'query',
      required: false,
      schema: word === 'in' ? { type: 'array', items: one, maxItems: limits.filterWords } : one,
      ...(word === 'in' && { style: 'form', explode: false }),
    }));
}

function success(route: Route, schemas: Map<string, unknown>): Json {
  const answer = answerSchema(route, schemas);
  const status = String(route.http.status ?? 200);
  const tagged =
    route.kind === 'command' || (route.kind === 'one' && Object.hasOwn(answerFields(route).properties, 'revision'));
  const response = (schema: object) => ({
    description: 'Done.',
    headers: { 'trace-id': ref('headers', 'traceId'), ...(tagged && { ETag: ref('headers', 'etag') }) },
    content: { 'application/json': { schema } },
  });
  if (route.kind === 'action' && route.action.message.streams) return { 200: streamed(route.action.message.streams) };
  if (route.kind !== 'command') return { [status]: response(answer) };
  const dryRun = dryRunAnswer(route, schemas);
  if (route.bulk) return { 200: response({ anyOf: [answer, dryRun] }), 202: started(schemas) };
  if (status === '200') return { 200: response({ anyOf: [answer, dryRun] }) };
  return { 200: response(dryRun), [status]: response(answer) };
}

/** Rows one after the other, in each of some media types. */
function streamed(mediaTypes: readonly string[]): object {
  return {
    description: 'Rows, as they are made. What is broken off is not whole.',
    headers: { 'trace-id': ref('headers', 'traceId'), Position: ref('headers', 'position') },
    content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema: { type: 'string' } }])),
  };
}

/** What a command with a long list answers. */
function started(schemas: Map<string, unknown>): object {
  const schema = named(Operation.type, objectSchema(fieldsOf(Operation)), schemas);
  return {
    description: 'Begun; `links.self` tells how far it is, and its rows when it has ended.',
    headers: { 'trace-id': ref('headers', 'traceId'), Location: ref('headers', 'location') },
    content: { 'application/json': { schema } },
  };
}

function answerFields({ answers }: Route): FieldSet {
  return answers ? fieldsOf(answers) : { properties: {}, required: [] };
}

/** What a dry run answers: for most commands the same, for some with a preview of what would come of it. */
function dryRunAnswer({ name, previews }: Route & { kind: 'command' }, schemas: Map<string, unknown>): object {
  if (!previews) return ref('schemas', 'DryRun');
  const { properties, required } = fieldsOf(previews);
  const schema = {
    ...dryRunSchema,
    properties: { ...dryRunSchema.properties, ...properties },
    required: [...dryRunSchema.required, ...required],
  };
  return named(`${name}DryRun`, schema, schemas);
}

function answerSchema(route: Route, schemas: Map<string, unknown>): object {
  const fields = answerFields(route);
  const fieldsAnd = (more: Readonly<Record<string, JsonSchema>>) =>
    objectSchema({
      properties: { ...more, ...fields.properties },
      required: [...Object.keys(more), ...fields.required],
    });
  switch (route.kind) {
    case 'command':
      return named(`${route.name}Answer`, fieldsAnd({ revision, position, settled: { type: 'boolean' } }), schemas);
    case 'one': {
      const schema = fieldsAnd({ position });
      const { properties } = schema as { readonly properties: object };
      const whole = route.http.receipt === undefined ? schema : { ...schema, properties: { ...properties, receipt } };
      return named(`${route.name}Answer`, whole, schemas);
    }
    case 'list':
      return named(
        `${route.name}Answer`,
        page(named(route.answers?.type ?? route.name, objectSchema(fields), schemas), { position }),
        schemas,
      );
    case 'action': {
      const row = named(route.answers?.type ?? route.name, objectSchema(fields), schemas);
      return route.action.lists ? named(`${route.name}Answer`, page(row, {}), schemas) : row;
    }
  }
}

function page(row: object, more: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const rows = { type: 'array', items: row, maxItems: limits.pageRows };
  const next = { type: ['string', 'null'], description: 'Cursor of the next page; null: this is the last.' };
  return objectSchema({ properties: { rows, next, ...more }, required: ['rows', 'next', ...Object.keys(more)] });
}

/** Puts a schema among the named ones. Two different ones of one name would be a lie in the reference. */
function named(name: string, schema: object, schemas: Map<string, unknown>): object {
  const known = schemas.get(name);
  if (known && JSON.stringify(known) !== JSON.stringify(schema))
    throw new Error(`Two different schemas are called ${name}.`);
  schemas.set(name, schema);
  return ref('schemas', name);
}

function problemResponses(route: Route, hasBody: boolean, pages: RefusalPages): Json {
  const { http } = route;
  const codesOf = (status: number) =>
    Object.keys(pages).filter((code) => pages[code]?.status === status && Object.hasOwn(generalProblems, code));
  const descriptions: Record<number, string> = {
    400: codesOf(400).join(', '),
    401: 'UNAUTHENTICATED',
    ...(http.by !== 'anyone' && { 403: route.denied }),
    404: 'NOT_FOUND',
    ...(hasBody && { 413: 'BODY_TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE' }),
    ...(route.kind === 'command' && { 412: 'STALE_REVISION' }),
    ...(http.asOf && { 422: 'AS_OF_TOO_WIDE' }),
    ...((route.kind === 'command' || route.kind === 'action') && { 422: 'A rule refuses; `code` and `rule` name it.' }),
    ...(http.revision === 'required' && { 428: 'REVISION_REQUIRED' }),
    ...(http.limitedBy && { 429: codesOf(429).join(', ') }),
    503: codesOf(503).join(', '),
    500: 'INTERNAL',
  };
  return Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [status, problemResponse(description, status)]),
  );
}

function problemResponse(description: string, status: string): Json {
  return {
    description,
    headers: {
      'trace-id': ref('headers', 'traceId'),
      ...((status === '429' || status === '503') && { 'Retry-After': ref('headers', 'retryAfter') }),
    },
    content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
  };
}

/** Not below the base of the table. */
const healthPaths = {
  '/health/live': health('health-live', 'Whether the process lives.', {}),
  '/health/startup': health('health-startup', 'Whether views have caught up once since the start.', {
    503: { description: 'Not yet; how many views are behind, and by how many events.' },
  }),
  '/health/ready': health('health-ready', 'Whether it can answer as it should: views caught up, room on the disk.', {
    503: { description: 'Not now: `because` is `lag` or `disk`.' },
  }),
  '/metrics': health('metrics', "What it counts and measures, in Prometheus' text format.", {
    404: { description: 'Not for whoever asks (`SEATLEDGER_METRICS`).' },
  }),
};

function health(operationId: string, summary: string, otherwise: Json): Json {
  const responses = { 200: { description: 'Yes.' }, ...otherwise };
  return { servers: [{ url: '/' }], get: { operationId, tags: ['health'], summary, security: [], responses } };
}
