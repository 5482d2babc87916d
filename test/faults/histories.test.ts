import fc from 'fast-check';
import type { Owner } from '#lib/engine/model/aggregate.js';
import { domainEvents } from '#lib/domain/events.js';
import { views } from '#lib/views/views.js';
import { fold } from '../support/fold.js';
import { History } from './history.js';
import { inputFor, tenants, type Pick } from './inputs.js';
import { commands, story } from './story.js';

const projections = views.flatMap(({ projection }) => projection ?? []);
/** Events that no command of this build makes. */
const notYet: readonly string[] = [];

const histories = 300;

const callers: readonly Owner[] = [
  { installation: true },
  { publisherId: 'fabrikam' },
  { publisherId: 'contoso' },
  ...tenants.map((tenantId) => ({ tenantId })),
];

/** What happens next: the story's next step, any command at all, or time. */
const act = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'story' } as const) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      name: fc.constantFrom(...commands.keys()),
      choices: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time' as const), hours: fc.integer({ min: 1, max: 3_000 }) }),
  },
);

/** Chooses by the given numbers, over and over. */
function picking(choices: readonly number[]): Pick {
  let next = 0;
  return (...of) => {
    const choice = of[((choices[next % choices.length] ?? 0) + Math.floor(next / choices.length)) % of.length];
    next += 1;
    if (choice === undefined && !of.includes(choice as never)) throw new Error('There is nothing to choose from.');
    return choice as (typeof of)[number];
  };
}

function acted(acts: readonly (typeof act extends fc.Arbitrary<infer A> ? A : never)[], autoCertify: boolean) {
  const history = new History(autoCertify);
  let told = 0;
  for (const next of acts) {
    if (next.kind === 'story') {
      story[told % story.length]?.(history);
      told += 1;
    } else if (next.kind === 'time') {
      history.pass(next.hours * 3_600_000);
    } else {
      const pick = picking(next.choices);
      const type = commands.get(next.name);
      if (type) history.send(type, inputFor(type, pick, history.log), pick(...callers));
    }
  }
  return history;
}

function foldInEveryView({ log }: History): void {
  const before = structuredClone(log);
  for (const projection of projections) fold(projection, log);
  expect(log).toEqual(before);
}

describe('§8.20 any history that deciders produce', () => {
  it('the whole story: every event that a command makes comes of it, and every view folds it', () => {
    const history = acted(
      story.map(() => ({ kind: 'story' })),
      false,
    );
    foldInEveryView(history);
    const types = new Set(history.log.map(({ type }) => type));
    expect(domainEvents.map(({ type }) => type).filter((type) => !types.has(type))).toEqual(notYet);
  });

  it('folds in every view without throwing; deciding twice gives the same and changes no state', () => {
    const seed = Date.now() % 2 ** 31;
    let accepted = 0;
    const acts = fc.array(act, { minLength: 20, maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(acts, fc.boolean(), (next, autoCertify) => {
        const history = acted(next, autoCertify);
        accepted += history.log.length;
        foldInEveryView(history);
      }),
      { seed, numRuns: histories },
    );
    console.log(`seed ${seed}: ${accepted} events in ${histories} histories`);
    expect(accepted).toBeGreaterThan(10 * histories);
  }, 120_000);
});
