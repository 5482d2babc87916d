import { Int32, type Document } from 'bson';
import { orderKey } from './bson-order.js';
import { notKnown, ServerError } from './errors.js';
import { evaluate } from './expressions.js';
import { filterOf } from './filter.js';
import { documentKey, fieldsOf } from './index-keys.js';
import { calculate, isNumeric, toNumber } from './numbers.js';
import { isDocument } from './paths.js';
import { projected } from './projection.js';
import { withFields, withoutFields } from './updates.js';

type Stage = (documents: readonly Document[], operand: unknown, now: Date) => Document[];

/** Documents through the stages of an aggregation, of which the double knows what an adapter of documents needs. */
export function throughStages(stages: readonly Document[], documents: readonly Document[], now: Date): Document[] {
  return stages.reduce<Document[]>(
    (current, stage) => {
      const [[name = '', operand] = [], ...others] = Object.entries(stage);
      const run = known.get(name);
      if (!run || others.length > 0) throw notKnown(`the stage ${name}`);
      return run(current, operand, now);
    },
    [...documents],
  );
}

const known = new Map<string, Stage>([
  ['$match', (documents, operand, now) => documents.filter(filterOf(asDocument(operand), now))],
  ['$sort', (documents, operand) => sorted(documents, asDocument(operand))],
  ['$limit', (documents, operand) => documents.slice(0, toNumber(operand, '$limit'))],
  ['$skip', (documents, operand) => documents.slice(toNumber(operand, '$skip'))],
  ['$project', (documents, operand, now) => documents.map(projected(asDocument(operand), now))],
  ['$set', (documents, operand, now) => documents.map((each) => withFields(each, asDocument(operand), now))],
  ['$addFields', (documents, operand, now) => documents.map((each) => withFields(each, asDocument(operand), now))],
  ['$unset', (documents, operand) => documents.map((each) => withoutFields(each, [operand].flat()))],
  [
    '$count',
    (documents, operand) => (documents.length === 0 ? [] : [{ [String(operand)]: new Int32(documents.length) }]),
  ],
  ['$group', (documents, operand, now) => grouped(documents, asDocument(operand), now)],
]);

function asDocument(operand: unknown): Document {
  if (!isDocument(operand)) throw new ServerError('FailedToParse', 'This stage takes a document.');
  return operand;
}

function sorted(documents: readonly Document[], pattern: Document): Document[] {
  const fields = fieldsOf(pattern);
  const keyed = documents.map((document) => ({ document, key: documentKey(fields, document) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ document }) => document);
}

const accumulators = new Map<string, (values: readonly unknown[]) => unknown>([
  ['$sum', (values) => values.filter(isNumeric).reduce((total, value) => calculate(total, 'add', value), new Int32(0))],
  ['$min', (values) => extreme(values, (a, b) => a < b)],
  ['$max', (values) => extreme(values, (a, b) => a > b)],
  ['$first', (values) => values[0] ?? null],
  ['$last', (values) => values.at(-1) ?? null],
]);

function extreme(values: readonly unknown[], isBetter: (a: string, b: string) => boolean): unknown {
  const present = values.filter((value) => value !== undefined && value !== null);
  return (
    present.reduce((best, value) => (isBetter(orderKey(value), orderKey(best)) ? value : best), present[0]) ?? null
  );
}

function grouped(documents: readonly Document[], { _id, ...fields }: Document, now: Date): Document[] {
  const groups = new Map<string, { id: unknown; members: Document[] }>();
  for (const document of documents) {
    const id = evaluate(_id, { document, now }) ?? null;
    const key = orderKey(id);
    const group = groups.get(key) ?? { id, members: [] };
    group.members.push(document);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ id, members }) => {
    const values = Object.entries(fields).map(([field, accumulator]) => {
      const [[name = '', operand] = []] = Object.entries(asDocument(accumulator));
      const accumulate = accumulators.get(name);
      if (!accumulate) throw notKnown(`the accumulator ${name}`);
      return [field, accumulate(members.map((document) => evaluate(operand, { document, now })))] as const;
    });
    return { _id: id, ...Object.fromEntries(values) };
  });
}
