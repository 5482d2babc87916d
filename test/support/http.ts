import type { CommandOutcome, Call } from '#lib/engine/commands/call.js';
import type { Ask, QueryOutcome } from '#lib/engine/queries/ask.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import { deciders } from '#lib/domain/deciders.js';
import { domainRefusals } from '#lib/domain/refusals.js';
import { views } from '#lib/views/views.js';
import { registerHttp, type HttpDependencies } from '../../apps/server/http/register.js';
import { createServer } from '../../apps/server/http/server.js';
import type { Route } from '../../apps/server/http/routes.js';
import type { KeyDraft } from '../../apps/server/identity/key-record.js';
import { keyService, type Keys } from '../../apps/server/identity/keys.js';
import { noon } from './given.js';
import { recordsInMemory } from './records.js';

/** A clock that stands still until it is set. */
export function standingClock(): Clock & { set(instant: string): void } {
  let now = noon;
  return { now: () => now, at: () => () => {}, set: (instant) => void (now = instant) };
}

export interface TestServer {
  readonly url: string;
  readonly keys: Keys;
  readonly routes: readonly Route[];
  readonly clock: ReturnType<typeof standingClock>;
  /** What went into the product, the newest last. */
  readonly commands: { command: object; call: Call }[];
  readonly queries: { query: object; ask: Ask }[];
  readonly logged: { fields: object; message: string }[];
  /** What comes out of it from now on. */
  answer(outcomes: { command?: CommandOutcome | Error; query?: QueryOutcome | Error; ready?: boolean }): void;
  /** The text of a new key. */
  keyOf(
    role: KeyDraft['role'],
    scope?: { publisherId?: string; tenantId?: string; personId?: string },
  ): Promise<string>;
  close(): Promise<void>;
}

export const logId = '0b5c7c1e';
export const done: CommandOutcome = {
  kind: 'done',
  revision: 3,
  position: `${logId}.00000000000000000007`,
  settled: true,
  answer: {},
};
export const shown: QueryOutcome = { kind: 'one', position: `${logId}.00000000000000000007`, body: { revision: 3 } };

/** The HTTP surface on a real port, with nothing behind it but what `answer` says. */
export async function testServer(overrides: Partial<HttpDependencies> = {}): Promise<TestServer> {
  const clock = standingClock();
  const keys = keyService(recordsInMemory(), clock);
  const [commands, queries, logged]: [TestServer['commands'], TestServer['queries'], TestServer['logged']] = [
    [],
    [],
    [],
  ];
  let outcomes: { command: CommandOutcome | Error; query: QueryOutcome | Error; ready: boolean } = {
    command: done,
    query: shown,
    ready: true,
  };
  const orThrow = <T>(outcome: T | Error): T => {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const server = createServer({ baseUrl: () => '' });
  const routes = registerHttp(server, {
    execute: async (command, call) => (commands.push({ command, call }), orThrow(outcomes.command)),
    ask: async (query, ask) => (queries.push({ query, ask }), orThrow(outcomes.query)),
    lagging: async () =>
      outcomes.command instanceof Error || outcomes.command.kind !== 'behind' ? null : outcomes.command,
    isPosition: (text) => new RegExp(`^${logId}[.]\\d{20}$`).test(text),
    signReceipt: (receipt) => JSON.stringify(receipt),
    keys,
    deciders,
    views,
    refusals: domainRefusals,
    clock,
    health: {
      ready: async () => ({ ready: outcomes.ready }),
      startup: async () => ({ started: outcomes.ready }),
    },
    baseUrl: () => '',
    logger: { error: (fields, message) => void logged.push({ fields, message }) },
    ...overrides,
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    keys,
    routes,
    clock,
    commands,
    queries,
    logged,
    answer: (next) => void (outcomes = { ...outcomes, ...next }),
    async keyOf(role, { publisherId = null, tenantId = null, personId = null }: Record<string, string | null> = {}) {
      return (await keys.create({ role, publisherId, tenantId, personId, label: role, expiresAt: null })).text;
    },
    close: () => server.close(),
  };
}

/** One request; the body is sent as JSON unless it is text already. */
export async function send(
  method: string,
  url: string,
  { key, body, headers = {} }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');

  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
