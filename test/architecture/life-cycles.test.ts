import { deciders } from '#lib/domain/deciders.js';
import { lifeCycles } from '#lib/domain/life-cycles.js';
import { lifeCyclePage, lifeCyclePath } from '../../apps/server/life-cycle-page.js';
import { textOf } from './tree.js';

describe('life cycles', () => {
  it('are drawn as they are declared', () => {
    expect(textOf(lifeCyclePath)).toBe(lifeCyclePage());
  });

  it.each(lifeCycles.map((cycle) => [cycle.category, cycle] as const))(
    '%s: every move by an event of the stream, told once',
    (category, { moves }) => {
      const decider = deciders.find((one) => one.category === category);
      const own = new Set(decider?.events.map(({ type }) => type));
      expect(moves.filter(([, event]) => !own.has(event))).toEqual([]);
      expect(new Set(moves.map((move) => move.join(' → '))).size).toBe(moves.length);
      expect(new Set(moves.map(([from, event, to]) => (from === to ? event : '')))).toEqual(new Set(['']));
    },
  );

  it('begin where nothing is, and every status can be come to from there', () => {
    for (const { category, moves } of lifeCycles) {
      const reached = new Set(['none']);
      for (const _step of moves) for (const [from, , to] of moves) if (reached.has(from)) reached.add(to);
      expect([category, moves.filter(([from, , to]) => !reached.has(from) || !reached.has(to))]).toEqual([
        category,
        [],
      ]);
    }
  });
});
