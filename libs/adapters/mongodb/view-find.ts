import type { ClientSession, Db, Filter } from 'mongodb';
import type { Condition } from '../../engine/model/query.js';
import { endOfPrefix } from '../../engine/ports/text-order.js';
import type { FindRequest, FoundDoc } from '../../engine/ports/view-store.js';
import { docOf } from './view-docs.js';
import { fieldOf, valueOf, type Field, type KindCollection, type StoredDocument } from './view-kinds.js';

/** Each range is read straight from an index: one for rows of the value where the page before ended, one for those behind. */
export async function findDocs(
  db: Db,
  kind: KindCollection,
  request: FindRequest,
  session: ClientSession,
): Promise<readonly FoundDoc[]> {
  const order = fieldOf(kind, request.orderBy);
  const where = Object.entries(request.where).map(([name, condition]) => {
    const field = fieldOf(kind, name);
    return { [field.path]: conditionOf(field, condition) };
  });
  const direction = request.descending ? -1 : 1;
  const found: FoundDoc[] = [];
  for (const range of rangesOf(order, request)) {
    const limit = request.limit - found.length;
    if (limit <= 0) break;
    const rows = await db
      .collection<StoredDocument>(kind.collection)
      .find(allOf([...where, ...range]), {
        session,
        projection: { json: 1, [order.path]: 1 },
        sort: [
          [order.path, direction],
          ['_id', direction],
        ],
        limit,
        batchSize: limit,
      })
      .toArray();
    for (const { _id, json, fields } of rows) {
      found.push({ key: _id, doc: docOf(json), value: fields[order.name] ?? null });
    }
  }
  return found;
}

type Clause = Readonly<Record<string, unknown>>;

function allOf(clauses: readonly Clause[]): Filter<StoredDocument> {
  return clauses.length === 0 ? {} : { $and: clauses as Filter<StoredDocument>[] };
}

/** What lies behind the last row of the page before, in order; null comes before every value. */
function rangesOf({ path, type }: Field, { descending, after }: FindRequest): readonly (readonly Clause[])[] {
  if (after === null) return [[]];
  const beyond = descending ? '$lt' : '$gt';
  const sameValue = [{ [path]: after.value }, { _id: { [beyond]: after.key } }];
  // Comparisons are of one type only: this is every value that is not null.
  const values = [{ [path]: { $gte: type === 'text' ? '' : -Infinity } }];
  if (after.value === null) return descending ? [sameValue] : [sameValue, values];
  const otherValues = [{ [path]: { [beyond]: after.value } }];
  return descending ? [sameValue, otherValues, [{ [path]: null }]] : [sameValue, otherValues];
}

function conditionOf(field: Field, condition: Condition): Clause {
  if ('eq' in condition) return { $eq: valueOf(field, condition.eq) };
  if ('gt' in condition) return { $gt: valueOf(field, condition.gt) };
  if ('gte' in condition) return { $gte: valueOf(field, condition.gte) };
  if ('lt' in condition) return { $lt: valueOf(field, condition.lt) };
  if ('lte' in condition) return { $lte: valueOf(field, condition.lte) };
  if ('in' in condition) return { $in: condition.in.map((value) => valueOf(field, value)) };
  const end = endOfPrefix(valueOf(field, condition.prefix));
  return { $gte: condition.prefix, ...(end !== null && { $lt: end }) };
}
