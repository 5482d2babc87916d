import fc from 'fast-check';
import { MalformedJson, parseJson } from '../../apps/server/http/json.js';

const read = (text: string) => parseJson(Buffer.from(text));
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const isRefused = (text: string) => read(text) instanceof MalformedJson;

/** JSON without what is refused on purpose. */
const plain = fc.jsonValue({ maxDepth: 6 }).filter((value) => {
  const text = JSON.stringify(value);
  return !text.includes('__proto__') && !/-0\b|\\ud[89a-f]/.test(text) && !/\d{16}|e[+]/.test(text);
});

describe('parseJson', () => {
  it('reads what JSON.parse reads, however it is spaced', () => {
    fc.assert(
      fc.property(plain, fc.constantFrom(0, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses what JSON.parse refuses, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      'a',
      '1',
      '-',
      '.',
      'e',
      'null',
      ' ',
      '\\u0061',
      '"a"',
      '"b":',
    );
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const parses = (() => {
          try {
            return JSON.parse(text) !== undefined;
          } catch {
            return false;
          }
        })();
        if (!parses) expect(isRefused(text)).toBe(true);
        else if (!isRefused(text)) expect(read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        expect(() => parseJson(Buffer.from(bytes))).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('finds a key that stands in an object twice, at any depth and however escaped', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), plain, { minKeys: 1, maxKeys: 5 }),
        plain,
        fc.nat(),
        fc.boolean(),
        (object, value, at, escaped) => {
          const keys = Object.keys(object);
          // That key is refused by itself.
          fc.pre(!keys.includes('__proto__'));
          const key = keys[at % keys.length] ?? '';
          const hex = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;
          const again = escaped
            ? `"${Array.from({ length: key.length }, (_, i) => hex(key.charCodeAt(i))).join('')}"`
            : JSON.stringify(key);
          const text = `[{"in":${JSON.stringify(object).slice(0, -1)},${again}:${JSON.stringify(value)}}}]`;
          expect(read(text)).toEqual(new MalformedJson('An object of the body has the same key twice.'));
        },
      ),
      { numRuns: 1000 },
    );
    expect(read('{"a":{"b":1},"a":{"b":1}}')).toEqual(
      new MalformedJson('An object of the body has the same key twice.'),
    );
    expect(read('[{"a":1},{"a":1}]')).toEqual([{ a: 1 }, { a: 1 }]);
    expect(read('{"a":":","b\\":":"\\\\"}')).toEqual({ a: ':', 'b":': '\\' });
  });

  it.each([
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['__proto__ in disguise', '{"a":[{"__pr\\u006fto__":1}]}'],
    ['33 levels', nested(33)],
    ['half a surrogate pair', '{"a":"\\ud83d"}'],
    ['half a surrogate pair in a key', '{"\\udc00":1}'],
    ['an integer that a double does not hold', '9007199254740993'],
    ['a number beyond all doubles', '1e999'],
    ['minus zero', '{"count":-0}'],
    ['a byte order mark', '\ufeff{}'],
    ['two values', '{} {}'],
    ['a comment', '{}//'],
    ['a comma too many', '[1,]'],
  ])('refuses %s', (_name, text) => {
    expect(isRefused(text)).toBe(true);
  });

  it.each([
    ['32 levels', nested(32)],
    ['a surrogate pair that is escaped', '"\\ud83d\\ude00"'],
    ['the largest exact integer', '9007199254740991'],
    ['constructor as a key', '{"constructor":1,"toString":2}'],
  ])('reads %s', (_name, text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });

  it('refuses bytes that are no UTF-8, and reads nothing as nothing', () => {
    expect(parseJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toEqual(new MalformedJson('The body is not valid UTF-8.'));
    expect(parseJson(Buffer.alloc(0))).toBeUndefined();
  });

  it('survives 60,000 opening brackets', () => {
    expect(isRefused('['.repeat(60_000))).toBe(true);
    expect(isRefused(nested(30_000))).toBe(true);
  });
});
