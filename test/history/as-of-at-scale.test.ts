import type { Recorded } from '#lib/engine/model/envelope.js';
import type { RecordLine } from '#lib/engine/transfer/format.js';
import { Chance } from '#lib/histories/chance.js';
import { History } from '#lib/histories/history.js';
import { readConfig } from '#lib/product/config/config.js';
import { settingsOf } from '#lib/product/settings.js';
import { views } from '#lib/views/views.js';
import { pastOf } from '../../apps/cli/past.js';
import { ProblemError, Server } from '../../apps/cli/server.js';
import { seatledger } from '../cli/terminal.js';
import { startServerProcess, untilReady } from '../faults/server-process.js';
import { askingIn } from '../support/asking.js';
import { send } from '../support/http.js';
import { newFolder } from '../support/sqlite.js';
import { DrawnQueries, isRare, pastQueries, type Drawn } from './drawn-queries.js';
import { GrowingViews } from './growing-views.js';

/** How large, and what it follows from; a seed that was printed repeats a run. */
const numberOf = (variable: string, otherwise: number) => Number(process.env[variable] ?? otherwise);
const seed = numberOf('AS_OF_SEED', Date.now() % 2 ** 31);
const size = numberOf('AS_OF_EVENTS', 5_000);
const instants = numberOf('AS_OF_INSTANTS', 20);
/** Asked at each instant, in turns; all of them unless said otherwise. */
const queriesAtOnce = Math.min(numberOf('AS_OF_QUERIES', pastQueries.length), pastQueries.length);

/** A whole history once more: it is not kept. */
function* events(): Generator<Recorded, readonly RecordLine[]> {
  const history = new History({ seed, events: size });
  for (const turn of history.turns()) yield* turn;
  return [...history.records()];
}

/** One pass over the log: what can be asked about, when it was, and the records at its end. */
function lookedThrough(chance: Chance) {
  const drawn = new DrawnQueries(chance);
  const [all, span] = [events(), { first: '', last: '' }];
  for (;;) {
    const next = all.next();
    if (next.done) return { drawn, span, records: next.value };
    drawn.see(next.value);
    if (span.first === '') span.first = next.value.meta.recordedAt;
    span.last = next.value.meta.recordedAt;
  }
}

/** Random, in order of time; one in ten is of those at which there is what there hardly ever is. */
function drawnInstants({ drawn, span }: ReturnType<typeof lookedThrough>, chance: Chance): string[] {
  const [from, to] = [Date.parse(span.first), Date.parse(span.last)];
  const rare = drawn.rareInstants();
  const all = Array.from({ length: instants }, (_, index) => {
    const anytime = new Date(chance.between(from, to)).toISOString();
    return index % 10 === 0 ? (chance.oneOf(rare) ?? anytime) : anytime;
  });
  return all.sort();
}

/** Asks a running server, each as somebody who may. */
class Asking {
  readonly #servers = new Map<string, Server>();
  /** Milliseconds of each answer, all of its pages, by query. */
  readonly times = new Map<string, number[]>();

  constructor(
    private readonly address: string,
    private readonly adminKey: string,
  ) {}

  async ask({ handling, path, role, caller }: Drawn, asOf: string): Promise<unknown> {
    const server = await this.#serverOf(role, caller);
    const asked = { path, search: '', lists: handling.answers === 'list', rowKey: [] };
    const startedAt = performance.now();
    try {
      const { position, rows } = await pastOf(asked, asOf, server);
      return position === null ? null : asked.lists ? rows : rows[0];
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'AS_OF_TOO_WIDE') return 'too wide';
      throw error;
    } finally {
      const { type } = handling.query;
      this.times.set(type, [...(this.times.get(type) ?? []), performance.now() - startedAt]);
    }
  }

  async #serverOf(role: string, { publisherId, tenantId }: Drawn['caller']): Promise<Server> {
    const name = `${role} ${publisherId ?? tenantId ?? ''}`;
    const known = this.#servers.get(name);
    if (known) return known;
    const scope = { publisherId: publisherId ?? null, tenantId: tenantId ?? null };
    const body = { role, ...scope, label: name };
    const created = await send('POST', `${this.address}/v1/keys`, { key: this.adminKey, body });
    const environment = { SEATLEDGER_SERVER: this.address, SEATLEDGER_KEY: created.body.key };
    const server = new Server(environment, new AbortController().signal);
    this.#servers.set(name, server);
    return server;
  }
}

const percentile = (times: readonly number[], share: number) =>
  [...times].sort((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? 0;

function report(times: ReadonlyMap<string, readonly number[]>, counts: ReadonlyMap<string, Counts>): string {
  const rows = [...times, ['all', [...times.values()].flat()] as const].map(([type, of]) => {
    const { there = 0, tooWide = 0 } = counts.get(type) ?? {};
    const ms = [0.5, 0.99, 1].map((share) => percentile(of, share).toFixed(1).padStart(9)).join('');
    return `${type.padEnd(24)}${ms}${String(of.length).padStart(8)}${String(there).padStart(8)}${String(tooWide).padStart(8)}`;
  });
  const heading = `${''.padEnd(24)}${['median', 'p99', 'most'].map((word) => word.padStart(9)).join('')}   asked   there too wide`;
  return [heading, ...rows].join('\n');
}

interface Counts {
  there: number;
  tooWide: number;
}

const description =
  `R90 as of ${instants} random instants of a generated history of ${size} events, queries over HTTP answer what ` +
  `a replay up to there comes to (seed ${seed})`;

it(
  description,
  async () => {
    const data = newFolder();
    const generate = ['generate', '--events', String(size), '--seed', String(seed)];
    expect(await seatledger(generate, { environment: { SEATLEDGER_DATA: data } })).toMatchObject({ code: 0 });
    const server = await startServerProcess({ data });
    await untilReady(server.address, 60_000 + size);

    const chance = new Chance(seed);
    const looked = lookedThrough(chance);
    const { drawn, records } = looked;
    const settings = settingsOf(readConfig({ PORT: '0' }), '', () => server.address);
    const asking = new Asking(server.address, server.adminKey ?? '');
    const replayed = new GrowingViews(records);
    const [all, counts] = [events(), new Map<string, Counts>()];
    let next = all.next();
    for (const [turn, instant] of drawnInstants(looked, chance).entries()) {
      for (; !next.done && next.value.meta.recordedAt <= instant; next = all.next()) replayed.fold(next.value);
      for (const [at, handling] of pastQueries.entries()) {
        if ((at + turn * queriesAtOnce) % pastQueries.length >= queriesAtOnce) continue;
        const { type } = handling.query;
        const count = counts.get(type) ?? { there: 0, tooWide: 0 };
        counts.set(type, count);
        const query = drawn.draw(handling, instant);
        const answer = await asking.ask(query, instant);
        if (answer === 'too wide') {
          count.tooWide += 1;
          continue;
        }
        const expected = naive(replayed, query, instant, settings);
        expect({ instant, ...query, answer }).toEqual({ instant, ...query, answer: expected });
        if (expected !== null && !(Array.isArray(expected) && expected.length === 0)) count.there += 1;
      }
    }
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
    console.log(`${description}\nmilliseconds:\n${report(asking.times, counts)}`);
    // In a small history a rare thing may not be there at any of the instants.
    expect([...counts].filter(([type, { there }]) => there === 0 && !isRare(type))).toEqual([]);
  },
  300_000 + size * 5 + instants * 20_000,
);

function naive(
  source: GrowingViews,
  { handling, query, role, caller }: Drawn,
  now: string,
  settings: ReturnType<typeof settingsOf>,
): unknown {
  const actor = { kind: 'key', id: 'naive', role, personId: null } as const;
  const answers = askingIn(views, source, caller, { now, actor, settings });
  const answer = handling.answers === 'one' ? answers.one(handling.query, query) : answers.list(handling.query, query);
  return JSON.parse(JSON.stringify(answer));
}
