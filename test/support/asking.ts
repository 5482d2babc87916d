import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { QueryClass } from '#lib/engine/model/message.js';
import type { AnyProjection, Doc } from '#lib/engine/model/projection.js';
import type { Condition, DocRef, Find, QueryContext, QueryHandling, Snapshot, View } from '#lib/engine/model/query.js';
import { fold } from './fold.js';
import { noon, system } from './given.js';
import { settings } from './settings.js';

type Filter = Readonly<Record<string, string | number>>;

/** Answers queries out of views that are folded from these events; only documents that a round named can be read. */
export function asking(
  views: readonly View[],
  events: readonly Recorded[],
  caller: Owner = { installation: true },
  circumstances: Partial<Pick<QueryContext, 'now' | 'actor'>> = {},
) {
  const folded = new Map<AnyProjection, Record<string, Doc>>();
  const documentsOf = (view: AnyProjection): Record<string, Doc> => {
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
  return {
    /** The answer to a query for one thing; null: not there. */
    one<Q extends object>(query: QueryClass<Q>, input: Q): unknown {
      const handling = handlingOf(query);
      if (handling.answers !== 'one') throw new Error(`${query.type} answers a list.`);
      const docs = snapshot(documentsOf);
      for (const round of handling.rounds) docs.name(round(input, docs, context));
      return handling.compose(input, docs, context);
    },
    /** All rows of a list, filtered by equality; null: not there. */
    list<Q extends object>(query: QueryClass<Q>, input: Q, filter: Filter = {}): unknown {
      const handling = handlingOf(query);
      if (handling.answers !== 'list') throw new Error(`${query.type} answers one thing.`);
      const docs = snapshot(documentsOf);
      for (const round of handling.before ?? []) docs.name(round(input, docs, context));
      const found = handling.find(input, docs, context);
      if (found === null) return null;
      const asked = Object.entries(filter).map(([field, value]): [string, Condition] => {
        if (!handling.filters?.includes(field)) throw new Error(`${query.type} has no filter ${field}.`);
        return [field, { eq: value }];
      });
      const where = { ...found.where, ...Object.fromEntries(asked) };
      const rows = matching(documentsOf(found.view), { ...found, where }).slice(0, found.first);
      for (const round of handling.rows ?? []) for (const row of rows) docs.name(round(row, input, docs));
      return rows.map((row) => handling.compose(row, input, docs, context) as object);
    },
  };
}

function snapshot(documentsOf: (view: AnyProjection) => Record<string, Doc>) {
  const named = new Set<string>();
  const idOf = ({ view, kind, key }: DocRef): string => `${view.name}/${kind}/${key}`;
  const get = ((ref: DocRef) => {
    if (!named.has(idOf(ref))) throw new Error(`${idOf(ref)} was not named by a round.`);
    return documentsOf(ref.view)[`${ref.kind}/${ref.key}`];
  }) as Snapshot['get'];
  return { get, name: (refs: readonly DocRef[]) => refs.forEach((ref) => named.add(idOf(ref))) };
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
