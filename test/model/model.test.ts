import fc from 'fast-check';
import { deciders } from '#lib/domain/deciders.js';
import { lifeCycles } from '#lib/domain/life-cycles.js';
import { play } from './play.js';
import { rules } from './rules.js';

/** `MODEL_SEED` repeats a run, with the seed that it printed. */
const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);
const commands = 100_000;
/** Of up to 400 acts, 200 in the mean, some of them time that passes: enough for the commands, whatever the seed. */
const histories = 420;
/** The same ones in every run, so that it does not hang on luck whether all moves are met. */
const always = { seed: 1, numRuns: 200 } as const;

const sequences = fc.noBias(fc.array(fc.noShrink(fc.nat()), { maxLength: 400, size: 'max' }));
const installations = fc.record({ autoCertify: fc.boolean(), graceDays: fc.constantFrom(0, 30) });

const allMoves = lifeCycles.flatMap(({ category, moves }) => moves.map((move) => `${category}: ${move.join(' → ')}`));

describe(`a plain model of the domain (seed ${seed})`, () => {
  it('§8.20 agrees with the deciders on every outcome and state; statuses move along their life cycles; every history folds in every view', () => {
    let sent = 0;
    const outcomes = new Set<string>();
    const met = new Set<string>();
    const property = fc.property(sequences, installations, (numbers, installation) => {
      const { verdicts, moves } = play(numbers, installation);
      sent += verdicts.length;
      for (const outcome of verdicts) outcomes.add(outcome.join(' '));
      for (const move of moves) met.add(move);
    });
    fc.assert(property, always);
    const [done, moved] = [new Set(outcomes), new Set(met)];
    fc.assert(property, { seed, numRuns: histories });
    console.log(`seed ${seed}: ${sent} commands, ${outcomes.size} different outcomes, ${met.size} moves`);
    expect(sent).toBeGreaterThan(commands);
    expect([...rules.keys()].filter((name) => !done.has(`${name} done`))).toEqual([]);
    expect(allMoves.filter((move) => !moved.has(move))).toEqual([]);
  }, 120_000);

  it('has a rule for every command with a route', () => {
    const routed = deciders.flatMap(({ handles }) => handles.filter(({ command }) => command.http));
    expect(routed.map(({ command }) => command.type).filter((name) => !rules.has(name))).toEqual([]);
  });
});
