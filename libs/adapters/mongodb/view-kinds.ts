import type { Kinds } from '../../engine/ports/kinds.js';

/** Where a field of a document lies beside its JSON. */
export interface Field {
  readonly field: string;
  readonly type: 'text' | 'number';
  /** Name under `fields`. */
  readonly name: string;
  readonly path: string;
}

/** The collection of one kind of one view's version. */
export interface KindCollection {
  readonly kind: string;
  readonly collection: string;
  readonly fields: readonly Field[];
  readonly indexes: readonly (readonly Field[])[];
}

/**
 * A document of a view as it is stored. The JSON is kept as it was written, since digests are of its bytes and BSON would
 * not give it back: it has other numbers, its own order of members, and names that it refuses. What there is to look at
 * with MongoDB's tools are the declared fields; `JSON.parse` shows the rest.
 */
export interface StoredDocument {
  /** The document's key. */
  readonly _id: string;
  readonly json: string;
  readonly hash: string;
  readonly fields: Readonly<Record<string, string | number | null>>;
}

/** A name in which neither `.` nor `$` nor NUL mean anything. */
export function plainName(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E');
}

/** By kind, in order of kind, as they were declared when the version was made. */
export function kindCollections(place: string, kinds: Kinds): ReadonlyMap<string, KindCollection> {
  return new Map(
    Object.entries(kinds).map(([kind, { fields: declared = {}, indexes = [] }]) => {
      const fields = Object.entries(declared).map(([field, type]): Field => {
        const name = plainName(field);
        return { field, type, name, path: `fields.${name}` };
      });
      const collection = `view.${place}.${plainName(kind)}`;
      const found = { kind, collection, fields };
      return [kind, { ...found, indexes: indexes.map((names) => names.map((field) => fieldOf(found, field))) }];
    }),
  );
}

export function fieldOf({ kind, fields }: Pick<KindCollection, 'kind' | 'fields'>, name: string): Field {
  const found = fields.find(({ field }) => field === name);
  if (!found) throw new Error(`${kind} has no declared field ${name}.`);
  return found;
}

/** What a field holds or is compared with; throws if that is of another type. */
export function valueOf<V extends string | number | null>({ field, type }: Field, value: V): V {
  if (value === null || typeof value === (type === 'text' ? 'string' : 'number')) return value;
  throw new Error(`The field ${field} holds ${type}, not a ${typeof value}.`);
}
