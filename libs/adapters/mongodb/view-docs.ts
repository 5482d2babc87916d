import type { ClientSession, Db } from 'mongodb';
import type { Doc, DocKey } from '../../engine/model/projection.js';
import { StoreCorruptError } from '../../engine/ports/event-store.js';
import { docId, type ParkedKey, type ScannedDoc, type StoredDoc } from '../../engine/ports/view-store.js';
import type { KindCollection, StoredDocument } from './view-kinds.js';
import type { VersionPlace } from './view-versions.js';

const damaged =
  "The views are damaged. Stop the servers and drop the database's collections checkpoints, parked and view.*: they " +
  'are built again.';

export function docOf(json: string): Doc {
  try {
    return JSON.parse(json) as Doc;
  } catch (cause) {
    throw new StoreCorruptError(damaged, { cause });
  }
}

/** Keys asked for at once: a command may be no longer than a document, 16 MB. */
const keysAtOnce = 10_000;

/** Documents that are there, by `docId`. Kinds that the version does not have are a bug. */
export async function docsAt(
  db: Db,
  at: VersionPlace,
  keys: readonly DocKey[],
  session: ClientSession,
): Promise<Map<string, StoredDoc>> {
  const found = new Map<string, StoredDoc>();
  for (const name of new Set(keys.map(([kind]) => kind))) {
    const { collection } = kindOf(at, name);
    const ofKind = keys.filter(([kind]) => kind === name).map(([, key]) => key);
    for (let from = 0; from < ofKind.length; from += keysAtOnce) {
      const _id = { $in: ofKind.slice(from, from + keysAtOnce) };
      const options = { session, projection: { json: 1, hash: 1 }, batchSize: keysAtOnce };
      const docs = db.collection<StoredDocument>(collection).find({ _id }, options);
      for await (const { _id: key, json, hash } of docs) found.set(docId(name, key), { doc: docOf(json), hash });
    }
  }
  return found;
}

export function kindOf({ place, kinds }: VersionPlace, kind: string): KindCollection {
  const found = kinds.get(kind);
  if (!found) throw new Error(`${place} has no documents of kind ${kind}.`);
  return found;
}

/** A document of a version that waits. */
export interface ParkedDocument extends ParkedKey {
  readonly place: string;
}

export async function parkedAt(db: Db, { place }: VersionPlace, session: ClientSession): Promise<ParkedKey[]> {
  const options = { session, projection: { _id: 0, place: 0 }, sort: { kind: 1, key: 1 } } as const;
  return db.collection<ParkedDocument>('parked').find({ place }, options).toArray();
}

/** Some documents of a kind in order of key, after one. */
export async function docsAfter(
  db: Db,
  { kind, collection, fields }: KindCollection,
  after: string,
  limit: number,
  session: ClientSession,
): Promise<readonly ScannedDoc[]> {
  const rows = await db
    .collection<StoredDocument>(collection)
    .find({ _id: { $gt: after } }, { session, sort: { _id: 1 }, limit, batchSize: limit })
    .toArray();
  return rows.map(({ _id: key, json, hash, fields: values }) => {
    const declared = fields.map(({ field, name }) => [field, values[name] ?? null] as const);
    return { kind, key, json, hash, fields: Object.fromEntries(declared) };
  });
}
