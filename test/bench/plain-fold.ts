import type { Recorded } from '#lib/engine/model/envelope.js';
import type { AnyProjection, Doc, Docs } from '#lib/engine/model/projection.js';
import { projections } from '#lib/product/registries.js';

/** All views as maps in memory: what folding costs by itself, without documents that are loaded, checked, hashed or written. */
export class PlainFold {
  readonly #views = projections.map((projection) => new PlainView(projection));

  fold(event: Recorded): void {
    for (const view of this.#views) view.fold(event);
  }
}

class PlainView {
  readonly #kinds: ReadonlyMap<string, Map<string, Doc>>;
  readonly #docs: Docs<Record<string, Doc>> = {
    get: (kind, key) => this.#of(kind).get(key),
    // Nobody asks for what is written once: kept, it would only give the garbage collector more to look at.
    put: (kind, key, doc) => void (this.projection.kinds[kind]?.writtenOnce ?? this.#of(kind).set(key, doc)),
    delete: (kind, key) => void this.#of(kind).delete(key),
  };

  constructor(private readonly projection: AnyProjection) {
    this.#kinds = new Map(Object.keys(projection.kinds).map((kind) => [kind, new Map()]));
  }

  fold(event: Recorded): void {
    const keys = this.projection.on[event.type]?.(event);
    if (keys) this.projection.fold(event, this.#docs);
  }

  #of(kind: string): Map<string, Doc> {
    const found = this.#kinds.get(kind);
    if (!found) throw new Error(`${this.projection.name} has no documents of kind ${kind}.`);
    return found;
  }
}
