import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb';
import type { Checkpoint, DocWrite, FieldValues, ViewCommit } from '../../engine/ports/view-store.js';
import { kindOf, type ParkedDocument } from './view-docs.js';
import { valueOf, type KindCollection, type StoredDocument } from './view-kinds.js';
import type { BuildId, VersionDocument, VersionPlace, ViewVersions } from './view-versions.js';

/** A commit, and where its version is. */
export interface PlacedCommit {
  readonly commit: ViewCommit;
  readonly id: BuildId;
  readonly place: string;
  /** By collection. */
  readonly writes: ReadonlyMap<string, readonly DocumentWrite[]>;
}

type DocumentWrite = AnyBulkWriteOperation<StoredDocument>;

/** Throws if a write is of a kind that is not there, or holds fields of another type. */
export function placed(commit: ViewCommit, at: VersionPlace): PlacedCommit {
  const writes = new Map<string, DocumentWrite[]>();
  for (const write of commit.writes) {
    const kind = kindOf(at, write.kind);
    const ofKind = writes.get(kind.collection) ?? [];
    ofKind.push(operationOf(kind, write));
    writes.set(kind.collection, ofKind);
  }
  return { commit, id: at.id, place: at.place, writes };
}

function operationOf(kind: KindCollection, write: DocWrite): DocumentWrite {
  const { key } = write;
  if (write.change === 'delete') return { deleteOne: { filter: { _id: key } } };
  const { json, hash, fields } = write;
  if (write.change === 'insert') {
    return { insertOne: { document: { _id: key, json, hash, fields: namedFields(kind, write.fields) } } };
  }
  const set = fields === null ? { json, hash } : { json, hash, fields: namedFields(kind, fields) };
  return { updateOne: { filter: { _id: key }, update: { $set: set } } };
}

function namedFields({ fields }: KindCollection, values: FieldValues): StoredDocument['fields'] {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field, values[field.field] ?? null)]));
}

/**
 * Within a transaction: moves all checkpoints on, if each is where its commit believes it to be and of no later owner.
 * Otherwise false, and the transaction is to be given up.
 */
export async function moveOn(
  { checkpoints }: ViewVersions,
  commits: readonly PlacedCommit[],
  session: ClientSession,
): Promise<boolean> {
  const moves = commits.map(({ commit, id, place }): AnyBulkWriteOperation<VersionDocument> => {
    const { from, to, parked } = commit;
    const filter = { _id: id, place, dropping: false, position: from, epoch: { $lte: to.epoch } };
    const { position, seen, applied, count, digest, epoch, updatedAt } = to;
    const reached = { position, seen, applied, count, digest, epoch, updatedAt };
    return { updateOne: { filter, update: { $set: parked ? { ...reached, parked: parked.length } : reached } } };
  });
  return (await checkpoints.bulkWrite(moves, { session })).matchedCount === commits.length;
}

/** Within a transaction: documents and parked sets. Throws where a document is not as the write says. */
export async function write(db: Db, { commit, place, writes }: PlacedCommit, session: ClientSession): Promise<void> {
  for (const [collection, operations] of writes) {
    const updates = operations.filter((operation) => 'updateOne' in operation).length;
    const result = await db.collection<StoredDocument>(collection).bulkWrite(operations, { session, ordered: false });
    if (result.matchedCount === updates) continue;
    throw new Error(`${updates - result.matchedCount} documents of ${collection} are not there to update.`);
  }
  if (!commit.parked) return;
  const parked = db.collection<ParkedDocument>('parked');
  await parked.deleteMany({ place }, { session });
  if (commit.parked.length > 0) {
    await parked.insertMany(
      commit.parked.map(({ kind, key, event, error, since, waiting }) => ({
        place,
        kind,
        key,
        event,
        error,
        since,
        waiting,
      })),
      { session },
    );
  }
}

/**
 * Whether a checkpoint that was not where a commit believed it to be is where the commit leads: then this commit was made
 * before, and its answer lost. Nobody else commits under the same epoch.
 */
export function isReached(stored: Checkpoint | null, { to }: ViewCommit): boolean {
  return (
    stored !== null &&
    stored.epoch === to.epoch &&
    stored.position === to.position &&
    stored.digest === to.digest &&
    stored.count === to.count
  );
}
