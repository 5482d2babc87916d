import type { AsOf } from '#lib/engine/history/history.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { later } from '#lib/engine/model/instants.js';
import type { QueryClass } from '#lib/engine/model/message.js';
import type { AnyProjection, Origin } from '#lib/engine/model/projection.js';
import { exclusiveFields } from '#lib/engine/model/shape.js';
import { planNamedBy, publisherOf, streams } from '#lib/domain/ids.js';
import { projections } from '#lib/product/registries.js';
import { streamIndexProjection } from '#lib/views/stream-index.js';
import { views } from '#lib/views/views.js';
import { Chance } from '#lib/histories/chance.js';
import { fieldsOf } from '../../apps/server/http/message-parts.js';
import { play } from '../model/play.js';
import { asking } from '../support/asking.js';
import { assigned, detected, policySet, resized, serviceId, taken, tenantId } from '../domain/seat-pool/fixtures.js';
import { fold } from '../support/fold.js';
import { recorded } from '../support/given.js';
import { pastOf } from './past.js';

/** `AS_OF_SEED` repeats a run, with the seed that it printed. */
const seed = Number(process.env['AS_OF_SEED'] ?? Date.now() % 2 ** 31);
const histories = 10;
const momentsPerHistory = 20;
const actsPerHistory = 250;

const queries = views.flatMap((view) => view.queries).filter(({ query }) => query.http.asOf);

/** What happened, with clocks that differ by some seconds: only within a stream time never falls. */
function historyOf(chance: Chance): { readonly events: readonly Recorded[]; readonly now: string } {
  const numbers = Array.from({ length: actsPerHistory }, () => chance.number(2 ** 30));
  const { world } = play(numbers, { autoCertify: chance.is(50), graceDays: chance.of(0, 30) });
  const lasts = new Map<string, string>();
  const events = [...world.log, ...inConflict(world.now)].map((event) => {
    const told = later(event.meta.recordedAt, chance.number(10_000) - 5_000);
    const last = lasts.get(event.stream) ?? '';
    const recordedAt = told > last ? told : last;
    lasts.set(event.stream, recordedAt);
    return { ...event, meta: { ...event.meta, recordedAt } };
  });
  return { events, now: later(world.now, 3_600_000) };
}

/** Seats at stake, which hardly any history comes to by chance. */
function inConflict(now: string): readonly Recorded[] {
  const people = ['ann', 'bob', 'cyd', 'dan', 'eve', 'fay', 'gus'].map((person) => assigned(person));
  const conflict = [policySet('newestFirst'), detected(7, 1), taken('gus'), taken('fay')];
  const events = recorded(streams.seatPool(tenantId, serviceId), [
    resized(0, 9, 0),
    ...people,
    resized(9, 1, 1),
    ...conflict,
  ]);
  return events.map((event, index) => ({ ...event, meta: { ...event.meta, recordedAt: later(now, index * 1_000) } }));
}

/** Everything that happened until then, and what time it was: the definition (R90). */
function until(asOf: AsOf, events: readonly Recorded[], past: Awaited<ReturnType<typeof pastOf>>, now: string) {
  if ('instant' in asOf) {
    const next = events.findIndex(({ meta }) => meta.recordedAt > asOf.instant);
    return { replayed: next < 0 ? events : events.slice(0, next), now: asOf.instant < now ? asOf.instant : now };
  }
  const replayed = events.filter((_, index) => (past.log.events[index]?.position ?? '') <= asOf.position);
  const times = replayed.map(({ meta }) => meta.recordedAt).sort();
  return { replayed, now: times.at(-1) ?? now };
}

function idsIn(events: readonly Recorded[]): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, Set<string>> = {};
  for (const { data } of events) {
    for (const [name, value] of Object.entries(data))
      if (typeof value === 'string') (found[name] ??= new Set()).add(value);
  }
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, [...values]]));
}

/** A query about something that there was at some time. */
function drawn({ query }: { readonly query: QueryClass }, ids: ReturnType<typeof idsIn>, chance: Chance): object {
  const inPath = [...query.http.route.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field);
  const fields = [...new Set([...inPath, ...fieldsOf(query).required])];
  const values = fields.map((field) => [field, chance.oneOf(ids[field] ?? []) ?? 'nothing']);
  const isOfPool = fields.includes('serviceId') && chance.is(70);
  const pool = { tenantId, serviceId, publisherId: publisherOf(serviceId), personId: chance.of('ann', 'fay') };
  const known = isOfPool ? Object.entries(pool).filter(([field]) => fields.includes(field)) : [];
  const [exclusive] = exclusiveFields(query);
  const alternatives = exclusive === undefined ? {} : drawnAlternative(ids, chance);
  return Object.assign(new query(), Object.fromEntries([...values, ...known]), alternatives);
}

/** What is checked: the component of the packages that histories register, or one that is not mapped, or a plan. */
function drawnAlternative(ids: ReturnType<typeof idsIn>, chance: Chance): object {
  if (chance.is(50)) return { component: chance.of('App', 'HomeApp'), serviceId: null };
  const plan = chance.oneOf(ids['serviceId'] ?? []) ?? 'nothing';
  return { offer: planNamedBy(plan).offer, component: null, serviceId: plan };
}

function drawnMoment(events: readonly Recorded[], positions: readonly string[], chance: Chance): AsOf {
  // The end more often: most has happened by then.
  const at = chance.is(70) ? chance.number(events.length) : events.length - 1 - chance.number(14);
  const recordedAt = events[at]?.meta.recordedAt ?? '';
  return chance.is(50)
    ? { position: positions[at] ?? '' }
    : { instant: later(recordedAt, chance.of(-1, 0, 1, -3_600_000, 86_400_000)) };
}

describe(`R90 as of an instant or a position (seed ${seed})`, () => {
  it(`every such query answers what it would have answered when the log ended there, at ${histories * momentsPerHistory} moments`, async () => {
    const chance = new Chance(seed);
    const answered = new Map<string, number>();
    for (let history = 0; history < histories; history += 1) {
      const { events, now } = historyOf(chance);
      const past = await pastOf(events, now);
      const ids = idsIn(events);
      const positions = past.log.events.map(({ position }) => position);
      for (let moment = 0; moment < momentsPerHistory; moment += 1) {
        const asOf = drawnMoment(events, positions, chance);
        const then = until(asOf, events, past, now);
        const naive = asking(views, then.replayed, { installation: true }, { now: then.now });
        for (const handling of queries) {
          const query = drawn(handling, ids, chance);
          const { answers, query: asked } = handling;
          const expected = answers === 'one' ? naive.one(asked, query) : naive.list(asked, query);
          expect({ asOf, query, answer: await past.ask(query, asOf) }).toEqual({ asOf, query, answer: expected });
          const isThere = expected !== null && (!Array.isArray(expected) || expected.length > 0);
          if (isThere) answered.set(asked.type, (answered.get(asked.type) ?? 0) + 1);
        }
      }
    }
    console.log(`seed ${seed}: ${[...answered].map(([type, count]) => `${type} ${count}`).join(', ')}`);
    expect(queries.map(({ query }) => query.type).filter((type) => !answered.has(type))).toEqual([]);
  }, 120_000);

  it('every event that touches a document lies in a stream that its kind names as an origin', () => {
    const chance = new Chance(seed);
    for (let history = 0; history < 5; history += 1) {
      const { events } = historyOf(chance);
      const index = Object.values(fold(streamIndexProjection, events)) as Record<string, string>[];
      for (const projection of projections) expectOrigins(projection, events, index);
    }
  }, 60_000);
});

function expectOrigins(
  projection: AnyProjection,
  events: readonly Recorded[],
  index: readonly Readonly<Record<string, string>>[],
): void {
  const streamsOf = (origin: Origin): readonly string[] => {
    if ('stream' in origin) return [origin.stream];
    const asked = Object.entries(origin.streamsWhere);
    return index.filter((doc) => asked.every(([field, is]) => doc[field] === is)).map(({ stream = '' }) => stream);
  };
  const documents = new Map<string, Record<string, unknown>>();
  const touching = new Map<string, Set<string>>();
  for (const event of events) {
    const keys = projection.on[event.type]?.(event) ?? [];
    if (keys.length === 0) continue;
    const at = (kind: string, key: string) => `${kind}/${key}`;
    projection.fold(event, {
      get: (kind: string, key: string) => documents.get(at(kind, key)),
      put: (kind: string, key: string, doc: Record<string, unknown>) => void documents.set(at(kind, key), doc),
      delete: (kind: string, key: string) => void documents.delete(at(kind, key)),
    });
    for (const [kind, key] of keys) {
      const origins = projection.kinds[kind]?.origins;
      const streams = touching.get(at(kind, key)) ?? new Set();
      touching.set(at(kind, key), streams.add(event.stream));
      const outside = (origin: Origin) => [...streams].filter((stream) => !streamsOf(origin).includes(stream));
      if (origins?.key) expect([kind, key, outside(origins.key(key))]).toEqual([kind, key, []]);
      for (const [field, originsOf] of Object.entries(origins?.fields ?? {})) {
        const value = documents.get(at(kind, key))?.[field];
        if (typeof value === 'string') expect([kind, field, outside(originsOf(value))]).toEqual([kind, field, []]);
      }
    }
  }
}
