import {
  isPositionOf,
  noPlace,
  placeIn,
  placeOf,
  positionOf,
  serverPositionOf,
} from '#lib/adapters/kurrentdb/positions.js';
import { ForeignPositionError } from '#lib/engine/ports/event-store.js';

const positions = [
  { commit: 0n, prepare: 0n },
  { commit: 9n, prepare: 8n },
  { commit: 9n, prepare: 9n },
  { commit: 10n, prepare: 2n },
  { commit: 2n ** 53n, prepare: 2n ** 53n },
  { commit: 2n ** 53n + 1n, prepare: 2n ** 53n },
  { commit: 2n ** 53n + 1n, prepare: 2n ** 53n + 1n },
  { commit: 2n ** 63n - 1n, prepare: 2n ** 63n - 1n },
];

describe('A position in KurrentDB', () => {
  it('is exact as text, through JSON too, in the order of the log, commit before prepare', () => {
    const texts = positions.map((position) => positionOf('a-1', placeOf(position)));
    expect(JSON.parse(JSON.stringify(texts))).toEqual([...texts].sort());
    expect(new Set(texts.map(({ length }) => length))).toEqual(new Set(['a-1.'.length + 40]));
    expect(texts.map((text) => serverPositionOf(placeIn('a-1', text)))).toEqual(positions);
    expect(texts[0]).toBe(`a-1.${noPlace}`);
  });

  it.each(['', 'a-1', 'a-1.', `a-1.${'1'.repeat(39)}`, `a-1.${'1'.repeat(41)}`, `a-2.${noPlace}`, `a-1.${noPlace} `])(
    'is not "%s"',
    (text) => {
      expect(isPositionOf('a-1', text)).toBe(false);
      expect(() => placeIn('a-1', text)).toThrow(ForeignPositionError);
    },
  );
});
