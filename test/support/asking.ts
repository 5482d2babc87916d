import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { QueryClass } from '#lib/engine/model/message.js';
import type { AnyProjection, Doc, Origin } from '#lib/engine/model/projection.js';
import type {
  Condition,
  DocRef,
  EventsRef,
  Find,
  PlacedEvent,
  QueryContext,
  QueryHandling,
  RecordRef,
  Ref,
  Snapshot,
  View,
} from '#lib/engine/model/query.js';
import type { RecordPut } from '#lib/engine/model/record.js';
import { streamIndexProjection } from '#lib/views/stream-index.js';
import { positionOf } from '../history/replayed-log.js';
import { fold } from './fold.js';
import { noon, system } from './given.js';
import { settings } from './settings.js';

interface Circumstances extends Partial<Pick<QueryContext, 'now' | 'actor' | 'settings'>> {
  readonly records?: readonly RecordPut[];
}

type Filter = Readonly<Record<string, string | number>>;

/** Documents of views, and records: what answers are composed of. */
export interface Source {
  get(view: AnyProjection, kind: string, key: string): Doc | undefined;
  /** All of a kind, with their keys. */
  all(view: AnyProjection, kind: string): Iterable<readonly [key: string, doc: Doc]>;
  record(table: string, key: string): object | undefined;
  /** Those whose sort begins like this. */
  recordsIn(table: string, prefix: string): readonly object[];
  events(ref: EventsRef): readonly PlacedEvent[];
}

/** Views that are folded from these events, each when it is asked for. */
function foldedFrom(events: readonly Recorded[], records: readonly RecordPut[]): Source {
  const folded = new Map<AnyProjection, Record<string, Doc>>();
  const documentsOf = (view: AnyProjection): Record<string, Doc> => {
    const documents = folded.get(view) ?? fold(view, events);
    folded.set(view, documents);
    return documents;
  };
  return {
    get: (view, kind, key) => documentsOf(view)[`${kind}/${key}`],
    all: (view, kind) =>
      Object.entries(documentsOf(view)).flatMap(([id, doc]) =>
        id.startsWith(`${kind}/`) ? [[id.slice(kind.length + 1), doc] as const] : [],
      ),
    record: (table, key) => records.find((row) => row.table === table && row.key === key)?.value,
    recordsIn: (table, prefix) =>
      records.filter((row) => row.table === table && row.sort?.startsWith(prefix)).map(({ value }) => value),
    events: eventsIn(events, () => Object.values(documentsOf(streamIndexProjection))),
  };
}

/**
 * Answers queries out of views that are folded from these events, and of these records; only what a round named can be
 * read.
 */
export function asking(
  views: readonly View[],
  events: readonly Recorded[],
  caller: Owner = { installation: true },
  { records = [], ...circumstances }: Circumstances = {},
) {
  const source = foldedFrom(events, records);
  return {
    ...askingIn(views, source, caller, circumstances),
    /** Answers as they are while one view knows nothing yet of these events. */
    lagging: (behind: AnyProjection) =>
      askingIn(
        views,
        {
          ...source,
          get: (view, kind, key) => (view === behind ? undefined : source.get(view, kind, key)),
          all: (view, kind) => (view === behind ? [] : source.all(view, kind)),
        },
        caller,
        circumstances,
      ),
  };
}

/** Answers queries out of documents that somebody else folded. */
export function askingIn(
  views: readonly View[],
  source: Source,
  caller: Owner,
  circumstances: Omit<Circumstances, 'records'>,
) {
  const context: QueryContext = { now: noon, actor: system, caller, settings, ...circumstances };
  const handlingOf = (query: QueryClass): QueryHandling => {
    const found = views.flatMap(({ queries }) => queries).find((handling) => handling.query === query);
    if (!found) throw new Error(`No view answers ${query.type}.`);
    return found;
  };
  return {
    /** What a function of a view makes of what it needs. */
    read<T>(refs: readonly Ref[], make: (docs: Snapshot) => T): T {
      const docs = snapshot(source);
      docs.name(refs);
      return make(docs);
    },
    /** The answer to a query for one thing; null: not there. */
    one<Q extends object>(query: QueryClass<Q>, input: Q): unknown {
      const handling = handlingOf(query);
      if (handling.answers !== 'one') throw new Error(`${query.type} answers a list.`);
      const docs = snapshot(source);
      for (const round of handling.rounds) docs.name(round(input, docs, context));
      return handling.compose(input, docs, context);
    },
    /** All rows of a list, filtered by equality; null: not there. */
    list<Q extends object>(query: QueryClass<Q>, input: Q, filter: Filter = {}): unknown {
      const handling = handlingOf(query);
      if (handling.answers !== 'list') throw new Error(`${query.type} answers one thing.`);
      const docs = snapshot(source);
      for (const round of handling.before ?? []) docs.name(round(input, docs, context));
      const found = handling.find(input, docs, context);
      if (found === null) return null;
      if ('view' in found) expectIndexed(found);
      const asked = Object.entries(filter).map(([field, value]): [string, Condition] => {
        if (!handling.filters?.includes(field)) throw new Error(`${query.type} has no filter ${field}.`);
        return [field, { eq: value }];
      });
      const where = { ...('where' in found && found.where), ...Object.fromEntries(asked) };
      const rows =
        'table' in found
          ? source.recordsIn(found.table, found.prefix)
          : matching(source.all(found.view, found.kind), { ...found, where }).slice(0, found.first);
      for (const round of handling.rows ?? []) for (const row of rows) docs.name(round(row, input, docs));
      return rows.map((row) => handling.compose(row, input, docs, context) as object);
    },
  };
}

function snapshot(source: Source) {
  const named = new Set<string>();
  const idOf = (ref: Ref): string => {
    if ('eventsOf' in ref) return `events ${JSON.stringify(ref.eventsOf)}`;
    return 'table' in ref ? `record ${ref.table}/${ref.key}` : `${ref.view.name}/${ref.kind}/${ref.key}`;
  };
  const expectNamed = (ref: Ref): void => {
    if (!named.has(idOf(ref))) throw new Error(`${idOf(ref)} was not named by a round.`);
  };
  const get = ((ref: DocRef | RecordRef) => {
    expectNamed(ref);
    return 'table' in ref ? source.record(ref.table, ref.key) : source.get(ref.view, ref.kind, ref.key);
  }) as Snapshot['get'];
  const events: Snapshot['events'] = (ref) => {
    expectNamed(ref);
    return source.events(ref);
  };
  return { get, events, name: (refs: readonly Ref[]) => refs.forEach((ref) => named.add(idOf(ref))) };
}

/** The events of some streams, with positions as a log gives them that holds nothing else. */
function eventsIn(events: readonly Recorded[], index: () => readonly Doc[]): Source['events'] {
  const isFrom = (origin: Origin) => {
    if ('stream' in origin) return ({ stream }: Recorded) => stream === origin.stream;
    const asked = Object.entries(origin.streamsWhere);
    const found = index().map((doc): ReadonlyMap<string, unknown> => new Map(Object.entries(doc)));
    const names = found
      .filter((doc) => asked.every(([field, is]) => doc.get(field) === is))
      .map((doc) => doc.get('stream'));
    return ({ stream }: Recorded) => names.includes(stream);
  };
  return ({ eventsOf, keep }) => {
    const isAsked = isFrom(eventsOf);
    const placed = events.map((event, at) => ({ ...event, position: positionOf(at + 1) }));
    return placed.filter((event) => isAsked(event) && keep(event));
  };
}

/** No list is found by looking at every document: an index holds what is compared, and then the order. */
function expectIndexed({ view, kind, where, orderBy }: Find): void {
  const compared = Object.keys(where).filter((field) => 'eq' in (where[field] ?? {}));
  const isServedBy = (index: readonly string[]) =>
    index[compared.length] === orderBy && compared.every((field) => index.slice(0, compared.length).includes(field));
  if (view.kinds[kind]?.indexes?.some(isServedBy)) return;
  throw new Error(`No index of ${view.name}/${kind} finds ${JSON.stringify(where)} in order of ${orderBy}.`);
}

/** In order of the index, then of the key. */
function matching(
  documents: Iterable<readonly [key: string, doc: Doc]>,
  { where, orderBy, descending = false }: Pick<Find, 'where' | 'orderBy' | 'descending'>,
): Doc[] {
  const field = (doc: Doc, name: string): string | number => (doc as Record<string, string | number>)[name] ?? '';
  const holds = (value: string | number, condition: Condition): boolean => {
    if ('eq' in condition) return value === condition.eq;
    if ('lt' in condition) return value !== '' && value < condition.lt;
    throw new Error(`Conditions like ${JSON.stringify(condition)} are not tried here.`);
  };
  const compared = Object.entries(where);
  const found: (readonly [key: string, doc: Doc])[] = [];
  for (const entry of documents) {
    if (compared.every(([name, condition]) => holds(field(entry[1], name), condition))) found.push(entry);
  }
  const order = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
  found.sort(([aKey, a], [bKey, b]) => order(field(a, orderBy), field(b, orderBy)) || order(aKey, bKey));
  const docs = found.map(([, doc]) => doc);
  return descending ? docs.reverse() : docs;
}
