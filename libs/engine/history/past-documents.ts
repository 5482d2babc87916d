import type { AnyProjection, Doc, KindDeclaration } from '../model/projection.js';
import type { Condition } from '../model/query.js';
import { endOfPrefix } from '../ports/text-order.js';
import { docId, type FindRequest, type FoundDoc } from '../ports/view-store.js';
import type { StoredEvent } from '../ports/event-store.js';

type Value = string | number | null;

/** Documents of one view in memory, folded from some of its events; read as a view store gives them. */
export class PastDocuments {
  readonly #docs = new Map<string, Map<string, Doc>>();

  constructor(
    private readonly projection: AnyProjection,
    /** Is given what is written once, which is not kept then: there may be more than the memory holds. */
    private readonly written?: (kind: string, doc: Doc) => void,
  ) {}

  /** Throws what the fold throws. */
  fold(event: StoredEvent): void {
    const keys = this.projection.on[event.type]?.(event);
    if (!keys) return;
    const named = new Set(keys.map(([kind, key]) => docId(kind, key)));
    const kindOf = (kind: string, key: string): Map<string, Doc> => {
      if (named.has(docId(kind, key))) return this.#kind(kind);
      throw new Error(`${this.projection.name} touches ${docId(kind, key)}, which it did not name.`);
    };
    this.projection.fold(event, {
      get: (kind: string, key: string) => kindOf(kind, key).get(key),
      put: (kind: string, key: string, doc: Doc) => {
        const docs = kindOf(kind, key);
        const { writtenOnce = false } = this.projection.kinds[kind] as KindDeclaration;
        if (this.written && writtenOnce) this.written(kind, doc);
        else docs.set(key, doc);
      },
      delete: (kind: string, key: string) => void kindOf(kind, key).delete(key),
    });
  }

  get(kind: string, key: string): Doc | null {
    const doc = this.#docs.get(kind)?.get(key);
    return doc ? asStored(doc) : null;
  }

  find({ kind, where, orderBy, descending, after, limit }: FindRequest): readonly FoundDoc[] {
    const declaration: KindDeclaration | undefined = this.projection.kinds[kind];
    const valueOf = fieldReader(kind, declaration, orderBy);
    const conditions = Object.entries(where).map(([field, condition]) => {
      const read = fieldReader(kind, declaration, field);
      const holds = conditionOn(field, declaration?.fields?.[field] === 'number' ? 'number' : 'string', condition);
      return (doc: Doc) => holds(read(doc));
    });
    const direction = descending ? -1 : 1;
    const inOrder = (a: Place, b: Place): number => direction * (compare(a.value, b.value) || compare(a.key, b.key));
    return [...(this.#docs.get(kind) ?? [])]
      .filter(([, doc]) => conditions.every((holds) => holds(doc)))
      .map(([key, doc]) => ({ key, doc, value: valueOf(doc) }))
      .filter((found) => after === null || inOrder(found, after) > 0)
      .sort(inOrder)
      .slice(0, limit)
      .map(({ doc, ...found }) => ({ ...found, doc: asStored(doc) }));
  }

  #kind(kind: string): Map<string, Doc> {
    const docs = this.#docs.get(kind) ?? new Map<string, Doc>();
    this.#docs.set(kind, docs);
    return docs;
  }
}

interface Place {
  readonly value: Value;
  readonly key: string;
}

/** What is read is nobody else's, and plain JSON. */
function asStored(doc: Doc): Doc {
  return JSON.parse(JSON.stringify(doc)) as Doc;
}

function fieldReader(kind: string, declaration: KindDeclaration | undefined, field: string): (doc: Doc) => Value {
  if (declaration?.fields?.[field] === undefined) throw new Error(`${kind} has no declared field ${field}.`);
  return (doc) => {
    const value: unknown = (doc as Record<string, unknown>)[field];
    return typeof value === 'string' || typeof value === 'number' ? value : null;
  };
}

/** Null comes first; text in order of its code points, which is that of its bytes in UTF-8. */
function compare(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Nothing compares with null. Throws where a value is of another type than the field. */
function conditionOn(field: string, type: 'string' | 'number', condition: Condition): (value: Value) => boolean {
  const compared = (operand: string | number): ((value: Value) => number) => {
    if (typeof operand !== type) throw new Error(`${field} is compared with a ${typeof operand}, and holds a ${type}.`);
    return (value) => compare(value, operand);
  };
  const test = (operand: string | number, holds: (order: number) => boolean) => {
    const order = compared(operand);
    return (value: Value): boolean => value !== null && holds(order(value));
  };
  if ('eq' in condition) return test(condition.eq, (order) => order === 0);
  if ('gt' in condition) return test(condition.gt, (order) => order > 0);
  if ('gte' in condition) return test(condition.gte, (order) => order >= 0);
  if ('lt' in condition) return test(condition.lt, (order) => order < 0);
  if ('lte' in condition) return test(condition.lte, (order) => order <= 0);
  if ('in' in condition) {
    const orders = condition.in.map(compared);
    return (value) => value !== null && orders.some((order) => order(value) === 0);
  }
  const begins = test(condition.prefix, (order) => order >= 0);
  const end = endOfPrefix(condition.prefix);
  const ends = end === null ? () => true : test(end, (order) => order < 0);
  return (value) => begins(value) && ends(value);
}
