import fc from 'fast-check';
import { canonicalJson } from '#lib/engine/model/canonical.js';

/** The same by the letter of RFC 8785: members sorted, everything written by ECMAScript. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${written(member)}`).join(',')}}`;
}

describe('canonical JSON', () => {
  it('has members in order of UTF-16 code units, whatever order they came in, and what is undefined left out', () => {
    const doc = { b: 1, '€': 2, '\r': 3, '1': 4, '😀': 5, a: { d: [{ z: null, y: undefined }], c: '' }, '\ufb33': 6 };
    expect(canonicalJson(doc)).toBe('{"\\r":3,"1":4,"a":{"c":"","d":[{"z":null}]},"b":1,"€":2,"😀":5,"\ufb33":6}');
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  });

  it.each([
    ['control characters', 'a\u0000\u001f\n"\\', '"a\\u0000\\u001f\\n\\"\\\\"'],
    ['what JSON leaves as it is', '/\u007f\u2028é😀', '"/\u007f\u2028é😀"'],
    ['half a character', 'a\ud83d', '"a\\ud83d"'],
    ['what is undefined in a list', [undefined, { a: [undefined] }, null], '[null,{"a":[null]},null]'],
    ['numbers', [1e21, -0, 0.1, 1e-7, 333333333.33333329], '[1e+21,0,0.1,1e-7,333333333.3333333]'],
  ])('writes %s as ECMAScript does', (_what, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('is what the RFC says of any value, also of many shapes one after the other', () => {
    const seed = Date.now() % 2 ** 31;
    console.log(`seed ${seed}`);
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), { maxLength: 40 }), (values) => {
        for (const value of values) {
          expect(canonicalJson(value)).toBe(written(value));
          expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});
