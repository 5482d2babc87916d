import { createHash } from 'node:crypto';
import { uuidFrom } from '#lib/engine/uuid.js';

/** UUIDv5 as RFC 9562, section 5.5, has it, without a shortcut. */
function plainly(...parts: readonly string[]): string {
  const digest = createHash('sha1').update('6f1d7e0c4b5a5c0e9d5e2a7b3c9f4e10', 'hex').update(parts.join('\n')).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

test.each([
  ['one part', ['a']],
  ['several parts', ['key', '0123456789abcdef', 'retry 7']],
  ['none', []],
  ['characters of several bytes', ['Ünïcode', '😀']],
  ['a name of 336 characters', ['x'.repeat(336)]],
  ['one more', ['x'.repeat(337)]],
  ['a long name of several bytes a character, after a short one', ['€'.repeat(5_000)]],
])('a UUID follows from its parts: %s', (_, parts) => {
  expect(uuidFrom(...parts)).toBe(plainly(...parts));
  expect(uuidFrom(...parts)).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

test('a shorter name after a longer one takes nothing over from it', () => {
  const before = uuidFrom('short');
  uuidFrom('a much longer name than that');
  expect(uuidFrom('short')).toBe(before);
  expect(uuidFrom('a', 'b')).not.toBe(uuidFrom('a b'));
});
