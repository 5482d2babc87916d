import type { Document } from 'bson';
import fc from 'fast-check';
import { orderKey } from './bson-order.js';
import { Collection, idOf } from './collection.js';
import { select, type Sight } from './select.js';
import { SortedKeys } from './sorted-keys.js';

const now = new Date(0);
const value = fc.constantFrom<unknown>(null, 0, 1, 2.5, '', 'a', 'b', '\uff5e', '\u{1f600}', true, undefined);
const row = fc.record({ a: value, b: value, c: value });
const field = fc.constantFrom('_id', 'a', 'b');
const direction = fc.constantFrom(1, -1);
const condition = fc.oneof(
  value.map((operand) => operand ?? null),
  fc
    .record({ operator: fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$ne', '$eq'), operand: value })
    .map(({ operator, operand }) => ({ [operator]: operand ?? null })),
  fc.array(value, { maxLength: 3 }).map((operands) => ({ $in: operands.map((operand) => operand ?? null) })),
);
const clause = fc.dictionary(field, condition, { noNullPrototype: true, maxKeys: 2 });
const filter = fc.oneof(
  clause,
  fc.array(clause, { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })),
  fc.tuple(clause, clause, clause).map(([a, b, c]) => ({ ...a, $and: [{ $or: [b, c] }] })),
);
const someIndex = fc.dictionary(fc.constantFrom('a', 'b', 'c', '_id'), direction, {
  noNullPrototype: true,
  minKeys: 1,
  maxKeys: 3,
});
const pageIndex = fc.record({ a: direction, _id: direction });
const index = fc.oneof(someIndex, pageIndex);
const change = fc.record({ id: fc.nat(12), document: fc.option(row) });

function filled(
  indexes: readonly Document[],
  changes: readonly { id: number; document: Document | null }[],
): Collection {
  const collection = new Collection('test.things', 1);
  for (const [at, key] of indexes.entries()) collection.addIndex({ name: `i${at}`, key, isUnique: false });
  for (const [at, { id, document }] of changes.entries())
    collection.put(orderKey(id), document && { _id: id, ...document }, at + 1);
  return collection;
}

it('what an index finds is what is found without, in the same order, at every moment and over own writes', () => {
  const history = fc.record({
    indexes: fc.array(index, { maxLength: 2 }),
    changes: fc.array(change, { maxLength: 25 }),
    own: fc.array(change, { maxLength: 3 }),
    moment: fc.nat(25),
    keptFrom: fc.nat(25),
    filter,
    sort: fc.dictionary(field, direction, { noNullPrototype: true, maxKeys: 2 }),
    limit: fc.constantFrom(1, 3, Infinity),
  });
  fc.assert(
    fc.property(history, ({ indexes, changes, own, moment, keptFrom, filter, sort, limit }) => {
      const indexed = filled(indexes, changes);
      for (const { id } of changes) indexed.forget(orderKey(id), Math.min(moment, keptFrom));
      const writes = new Map(own.map(({ id, document }) => [orderKey(id), document && { _id: id, ...document }]));
      const sight: Sight = { moment, own: () => writes };
      const selection = { filter, sort: { ...sort, _id: sort._id ?? 1 }, skip: 0, limit };
      const found = select(sight, indexed, selection, now);
      // Without an index but that of IDs, which a condition on two of its sides keeps from being used.
      const all = filled([], changes);
      const plain = select(sight, all, { ...selection, filter: { $nor: [{ $nor: [filter] }] } }, now);
      expect(found).toEqual(plain);
      expect(found.every(({ id, document }) => id === idOf(document))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it('sorted keys are those of a sorted list', () => {
  const step = fc.record({ key: fc.string({ maxLength: 2 }), isAdded: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 50 }),
      fc.string({ maxLength: 2 }),
      fc.string({ maxLength: 2 }),
      (steps, from, to) => {
        const keys = new SortedKeys();
        const many = Array.from({ length: 1500 }, (_, number) => `m${number}`);
        const expected = new Set(many);
        for (const key of many) keys.add(key);
        for (const { key, isAdded } of steps) {
          if (isAdded) keys.add(key);
          else keys.delete(key);
          if (isAdded) expected.add(key);
          else expected.delete(key);
        }
        for (const key of many.slice(0, 1400)) keys.delete(key);
        for (const key of many.slice(0, 1400)) expected.delete(key);
        const inRange = [...expected].filter((key) => key >= from && key < to).sort();
        expect([...keys.range(from, to, false)]).toEqual(inRange);
        expect([...keys.range(from, to, true)]).toEqual(inRange.reverse());
      },
    ),
    { numRuns: 100 },
  );
});
