import type { AnyProjection, Doc } from '../model/projection.js';
import type {
  Condition,
  DocRef,
  EventsRef,
  Find,
  PlacedEvent,
  RecordFind,
  RecordRef,
  Ref,
  Snapshot,
} from '../model/query.js';
import type { Position } from '../ports/event-store.js';
import type { Records } from '../ports/records.js';
import { docId, versionOf, type DocAddress, type FoundDoc, type SnapshotReader } from '../ports/view-store.js';

/** Where a page of a list begins, how many rows it has at most, and what its rows are filtered by. */
interface Page {
  readonly after: { readonly value: string | number | null; readonly key: string } | null;
  readonly limit: number;
  readonly filter: Readonly<Record<string, Condition>>;
}

/** Sorts after every text that begins with the same prefix. */
const last = '\u{10ffff}';

/** What an answer is read from. Events only as of a position: a snapshot of documents has none. */
export interface ReadFrom extends Pick<SnapshotReader, 'get' | 'find'> {
  events?(ref: EventsRef): Promise<readonly PlacedEvent[]>;
  checkpoint?: SnapshotReader['checkpoint'];
}

/** By kind and key, so that no text of both is made and hashed for each document that is asked for. */
interface OfView {
  readonly view: AnyProjection;
  readonly documents: Map<string, Map<string, Doc | null>>;
}

/** Documents read so far in one snapshot, the views that they came from, and the records that were asked for with them. */
export class Reading implements Snapshot {
  readonly #ofViews = new Map<string, OfView>();
  /** Both by `idOf`. */
  readonly #rows = new Map<string, object | null>();
  readonly #events = new Map<string, readonly PlacedEvent[]>();

  constructor(
    private readonly reader: ReadFrom,
    private readonly records: Pick<Records, 'get' | 'list'>,
  ) {}

  /** Names of the views that documents came from. */
  get views(): ReadonlySet<string> {
    return new Set(this.#ofViews.keys());
  }

  /** The position whose fold the documents are. Null: the view has none yet. Throws where they are of several views. */
  async position(): Promise<Position | null> {
    const [only, ...others] = this.#ofViews.values();
    if (!only || others.length > 0 || !this.reader.checkpoint) {
      throw new Error('What is read from no view, or from several, has no position of its own.');
    }
    return (await this.reader.checkpoint(versionOf(only.view)))?.position ?? null;
  }

  get<D>(ref: DocRef<D> | RecordRef<D>): D | undefined {
    const found = isOfView(ref)
      ? this.#ofViews.get(ref.view.name)?.documents.get(ref.kind)?.get(ref.key)
      : this.#rows.get(idOf(ref));
    if (found === undefined) throw new Error(`${idOf(ref)} was read without being named.`);
    return (found as D | null) ?? undefined;
  }

  events(ref: EventsRef): readonly PlacedEvent[] {
    const found = this.#events.get(idOf(ref));
    if (!found) throw new Error(`${idOf(ref)} were read without being named.`);
    return found;
  }

  async take(refs: readonly Ref[]): Promise<void> {
    const documents = refs.filter(isOfView);
    if (documents.length > 0) await this.#takeDocuments(documents);
    for (const ref of refs) {
      if (isOfView(ref)) continue;
      if ('table' in ref) await this.#takeRow(ref);
      else await this.#takeEvents(ref);
    }
  }

  async #takeRow(ref: RecordRef): Promise<void> {
    const id = idOf(ref);
    if (!this.#rows.has(id)) this.#rows.set(id, (await this.records.get(ref.table, ref.key))?.value ?? null);
  }

  async #takeEvents(ref: EventsRef): Promise<void> {
    const id = idOf(ref);
    if (this.#events.has(id)) return;
    if (!this.reader.events) throw new Error(`${id} can be read as of a position only.`);
    this.#events.set(id, await this.reader.events(ref));
  }

  async page(find: Find | RecordFind, { after, limit, filter }: Page): Promise<readonly FoundDoc[]> {
    if ('table' in find) return this.#pageOfRecords(find, after, limit);
    const { view, kind, where, orderBy, descending = false } = find;
    this.#of(view);
    const asked = { ...filter, ...where };
    return this.reader.find({ ...versionOf(view), kind, where: asked, orderBy, descending, after, limit });
  }

  async #takeDocuments(refs: readonly DocRef[]): Promise<void> {
    const found = await this.reader.get(refs.map(addressOf));
    // Neither by `entries()` nor by maps made of lists: of a license check, those two took an eighth.
    refs.forEach(({ view, kind, key }, index) => {
      const { documents } = this.#of(view);
      let ofKind = documents.get(kind);
      if (!ofKind) documents.set(kind, (ofKind = new Map()));
      ofKind.set(key, found[index] ?? null);
    });
  }

  #of(view: AnyProjection): OfView {
    const known = this.#ofViews.get(view.name);
    if (known) return known;
    const made: OfView = { view, documents: new Map() };
    this.#ofViews.set(view.name, made);
    return made;
  }

  async #pageOfRecords({ table, prefix }: RecordFind, from: Page['after'], limit: number): Promise<FoundDoc[]> {
    const { value: after, key: afterKey } = from ?? { value: prefix, key: '' };
    const rows = await this.records.list({ table, after: String(after), afterKey, upTo: prefix + last, limit });
    return rows.map(({ key, value, sort }) => ({ key, doc: value, value: sort }));
  }
}

export function isOfView<D>(ref: Ref<D>): ref is DocRef<D> {
  return 'view' in ref;
}

/** Field by field: Node 20 takes a microsecond for an object that is made by a spread and then added to. */
function addressOf({ view: { name: view, version }, kind, key }: DocRef): DocAddress {
  return { view, version, kind, key };
}

function idOf<D>(ref: Ref<D>): string {
  if (isOfView(ref)) return `${ref.view.name}/${docId(ref.kind, ref.key)}`;
  return 'table' in ref ? `record ${ref.table}/${ref.key}` : `events ${JSON.stringify(ref.eventsOf)}`;
}
