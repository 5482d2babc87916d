import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { QueryClass } from '#lib/engine/model/message.js';
import type { AnyProjection, Doc, Origin } from '#lib/engine/model/projection.js';
import type {
  Condition,
  EventsRef,
  Find,
  QueryContext,
  QueryHandling,
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

type Documents = (view: AnyProjection) => Record<string, Doc>;
type Filter = Readonly<Record<string, string | number>>;

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
  const folded = new Map<AnyProjection, Record<string, Doc>>();
  const documentsOf: Documents = (view) => {
    const documents = folded.get(view) ?? fold(view, events);
    folded.set(view, documents);
    return documents;
  };
  const context: QueryContext = { now: noon, actor: system, caller, settings, ...circumstances };
  const handlingOf = (query: QueryClass): QueryHandling => {
    const found = views.flatMap(({ queries }) => queries).find((handling) => handling.query === query);
    if (!found) throw new Error(`No view answers ${query.type}.`);
    return found;
  };
  const eventsOf = eventsIn(events, () => Object.values(documentsOf(streamIndexProjection)));
  const reading = (documentsOf: Documents) => ({
    /** What a function of a view makes of what it needs. */
    read<T>(refs: readonly Ref[], make: (docs: Snapshot) => T): T {
      const docs = snapshot({ documentsOf, records, eventsOf });
      docs.name(refs);
      return make(docs);
    },
    /** The answer to a query for one thing; null: not there. */
    one<Q extends object>(query: QueryClass<Q>, input: Q): unknown {
      const handling = handlingOf(query);
      if (handling.answers !== 'one') throw new Error(`${query.type} answers a list.`);
      const docs = snapshot({ documentsOf, records, eventsOf });
      for (const round of handling.rounds) docs.name(round(input, docs, context));
      return handling.compose(input, docs, context);
    },
    /** All rows of a list, filtered by equality; null: not there. */
    list<Q extends object>(query: QueryClass<Q>, input: Q, filter: Filter = {}): unknown {
      const handling = handlingOf(query);
      if (handling.answers !== 'list') throw new Error(`${query.type} answers one thing.`);
      const docs = snapshot({ documentsOf, records, eventsOf });
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
          ? records.filter(({ table, sort }) => table === found.table && sort?.startsWith(found.prefix)).map(valueOf)
          : matching(documentsOf(found.view), { ...found, where }).slice(0, found.first);
      for (const round of handling.rows ?? []) for (const row of rows) docs.name(round(row, input, docs));
      return rows.map((row) => handling.compose(row, input, docs, context) as object);
    },
  });
  return {
    ...reading(documentsOf),
    /** Answers as they are while one view knows nothing yet of these events. */
    lagging: (behind: AnyProjection) => reading((view) => (view === behind ? {} : documentsOf(view))),
  };
}

const valueOf = ({ value }: RecordPut): object => value;

interface Sources {
  readonly documentsOf: Documents;
  readonly records: readonly RecordPut[];
  readonly eventsOf: (ref: EventsRef<object>) => readonly Recorded[];
}

function snapshot({ documentsOf, records, eventsOf }: Sources) {
  const named = new Set<string>();
  const idOf = (ref: Ref): string => {
    if ('eventsOf' in ref) return `events ${JSON.stringify(ref.eventsOf)}`;
    return 'table' in ref ? `record ${ref.table}/${ref.key}` : `${ref.view.name}/${ref.kind}/${ref.key}`;
  };
  const get = ((ref: Ref) => {
    if (!named.has(idOf(ref))) throw new Error(`${idOf(ref)} was not named by a round.`);
    if ('eventsOf' in ref) return eventsOf(ref);
    if ('table' in ref) return records.find(({ table, key }) => table === ref.table && key === ref.key)?.value;
    return documentsOf(ref.view)[`${ref.kind}/${ref.key}`];
  }) as Snapshot['get'];
  return { get, name: (refs: readonly Ref[]) => refs.forEach((ref) => named.add(idOf(ref))) };
}

/** The events of some streams, with positions as a log gives them that holds nothing else. */
function eventsIn(events: readonly Recorded[], index: () => readonly Doc[]): Sources['eventsOf'] {
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

/** In order of the index, then of the key; `fold` sorts by key already. */
function matching(
  documents: Record<string, Doc>,
  { kind, where, orderBy, descending = false }: Pick<Find, 'kind' | 'where' | 'orderBy' | 'descending'>,
): Doc[] {
  const field = (doc: Doc, name: string): string | number => (doc as Record<string, string | number>)[name] ?? '';
  const holds = (value: string | number, condition: Condition): boolean => {
    if ('eq' in condition) return value === condition.eq;
    if ('lt' in condition) return value !== '' && value < condition.lt;
    throw new Error(`Conditions like ${JSON.stringify(condition)} are not tried here.`);
  };
  const found = Object.entries(documents)
    .filter(([id]) => id.startsWith(`${kind}/`))
    .map(([, doc]) => doc)
    .filter((doc) => Object.entries(where).every(([name, condition]) => holds(field(doc, name), condition)))
    .sort((a, b) => (field(a, orderBy) < field(b, orderBy) ? -1 : field(a, orderBy) > field(b, orderBy) ? 1 : 0));
  return descending ? found.reverse() : found;
}
