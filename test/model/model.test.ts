import fc from 'fast-check';
import { deciders } from '#lib/domain/deciders.js';
import { play } from './play.js';
import { rules } from './rules.js';

/** `MODEL_SEED` repeats a run, with the seed that it printed. */
const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);
const commands = 100_000;
/** Of up to 400 acts, 200 in the mean, some of them time that passes: enough for the commands, whatever the seed. */
const histories = 620;

const sequences = fc.noBias(fc.array(fc.noShrink(fc.nat()), { maxLength: 400, size: 'max' }));
const installations = fc.record({ autoCertify: fc.boolean(), graceDays: fc.constantFrom(0, 30) });

/** What the model does not know, although it knows other commands of the same stream. */
const leftOut: readonly string[] = ['ConnectLeadDestination'];

describe(`a plain model of the domain (seed ${seed})`, () => {
  it('§8.20 agrees with the deciders on every outcome and state; every history folds in every view', () => {
    let sent = 0;
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(sequences, installations, (numbers, installation) => {
        const { verdicts } = play(numbers, installation);
        sent += verdicts.length;
        for (const outcome of verdicts) outcomes.add(outcome.join(' '));
      }),
      { seed, numRuns: histories },
    );
    console.log(`seed ${seed}: ${sent} commands in ${histories} histories, ${outcomes.size} different outcomes`);
    expect(sent).toBeGreaterThan(commands);
    expect([...rules.keys()].filter((name) => !outcomes.has(`${name} done`))).toEqual([]);
  }, 120_000);

  it('has a rule for every command with a route of the aggregates that it knows', () => {
    const known = deciders.filter(({ handles }) => handles.some(({ command }) => rules.has(command.type)));
    const routed = known.flatMap(({ handles }) => handles.filter(({ command }) => command.http));
    const missing = routed.map(({ command }) => command.type).filter((name) => !rules.has(name));
    expect(missing.filter((name) => !leftOut.includes(name))).toEqual([]);
  });
});
