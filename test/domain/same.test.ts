import { same } from '#lib/domain/same.js';

describe('two JSON values', () => {
  it.each([
    ['numbers', 1, 1],
    ['nulls', null, null],
    ['fields in another order', { a: 1, b: [{ c: null, d: 'x' }] }, { b: [{ d: 'x', c: null }], a: 1 }],
    ['lists in the same order', [1, [2, 3]], [1, [2, 3]]],
    ['nothing in them', {}, {}],
  ])('say the same: %s', (_case, one, other) => expect(same(one, other)).toBe(true));

  it.each([
    ['another number', 1, 2],
    ['a number and its text', 1, '1'],
    ['null and an object', null, {}],
    ['a text and its letters', 'ab', { 0: 'a', 1: 'b' }],
    ['a list and an object', ['a'], { 0: 'a' }],
    ['a list in another order', [1, 2], [2, 1]],
    ['a field more', { a: 1, b: 2 }, { a: 1 }],
    ['an element more', [1, 2], [1]],
    ['a field of another name', { a: undefined }, { b: undefined }],
    ['a field of another value, deep down', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
  ])('say something else: %s', (_case, one, other) => {
    expect(same(one, other)).toBe(false);
    expect(same(other, one)).toBe(false);
  });
});
