const lastCodePoint = 0x10ffff;

/**
 * Text that begins with a prefix is a range, by code points: from the prefix to the first text behind all that begin
 * with it, which this gives. It is the prefix with its last code point that can be raised raised by one; null: there is
 * no end.
 */
export function endOfPrefix(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === lastCodePoint) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  // The code points between are halves of pairs, which no well-formed text holds.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
