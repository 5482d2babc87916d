import type { Recorded } from '#lib/engine/model/envelope.js';
import type { AnyProjection, Doc } from '#lib/engine/model/projection.js';
import type { RecordLine } from '#lib/engine/transfer/format.js';
import { projections } from '#lib/product/registries.js';
import type { Source } from '../support/asking.js';

type Kinds = Map<string, Map<string, Doc>>;

/** Views that answers about the past rest on: their documents say of which streams they come. */
const ofThePast = projections.filter(({ kinds }) => Object.values(kinds).some(({ origins }) => origins));

/** Those views in memory, folded event by event: at each moment what a replay from the beginning comes to. */
export class GrowingViews implements Source {
  readonly #views = new Map<AnyProjection, Kinds>(ofThePast.map((view) => [view, new Map()]));
  readonly #rows: ReadonlyMap<string, RecordLine>;

  constructor(private readonly rows: readonly RecordLine[]) {
    this.#rows = new Map(rows.map((row) => [`${row.table}/${row.key}`, row]));
  }

  fold(event: Recorded): void {
    for (const [view, kinds] of this.#views) {
      if (!view.on[event.type]) continue;
      view.fold(event, {
        get: (kind: string, key: string) => kinds.get(kind)?.get(key),
        put: (kind: string, key: string, doc: Doc) => void documentsOf(kinds, kind).set(key, doc),
        delete: (kind: string, key: string) => void kinds.get(kind)?.delete(key),
      });
    }
  }

  get(view: AnyProjection, kind: string, key: string): Doc | undefined {
    return this.#kindsOf(view).get(kind)?.get(key);
  }

  all(view: AnyProjection, kind: string): Iterable<readonly [string, Doc]> {
    return this.#kindsOf(view).get(kind) ?? [];
  }

  record(table: string, key: string): object | undefined {
    return this.#rows.get(`${table}/${key}`)?.value;
  }

  recordsIn(table: string, prefix: string): readonly object[] {
    return this.rows.filter((row) => row.table === table && row.sort?.startsWith(prefix)).map(({ value }) => value);
  }

  events(): never {
    throw new Error('Events are not kept.');
  }

  #kindsOf(view: AnyProjection): Kinds {
    const kinds = this.#views.get(view);
    if (!kinds) throw new Error(`${view.name} does not say of which streams its documents come.`);
    return kinds;
  }
}

function documentsOf(kinds: Kinds, kind: string): Map<string, Doc> {
  const documents = kinds.get(kind) ?? new Map<string, Doc>();
  kinds.set(kind, documents);
  return documents;
}
