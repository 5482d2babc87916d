import { join } from 'node:path';

interface Tested {
  readonly file: string;
  readonly title: string;
  readonly ancestors: readonly string[];
}
interface Run {
  readonly file: string;
  readonly tests: readonly (Pick<Tested, 'title' | 'ancestors'> & { readonly status: string })[];
}
interface Rule {
  readonly rule: string;
  readonly needs: string;
  readonly states: string;
  readonly parts: readonly string[];
}
interface Table {
  readonly rules: readonly (Rule & { readonly missing: readonly string[] })[];
  readonly examples: readonly { readonly example: string; readonly missing: readonly string[] }[];
}
/** A plain script, since jest loads its reporters as they are; the compiler does not see it. */
const script = join(import.meta.dirname, 'table.mjs');
const { readRules, provingIn, judge, faultsOf, linesOf } = (await import(script)) as {
  readRules(): readonly Rule[];
  provingIn(runs: readonly Run[]): readonly Tested[];
  judge(tests: readonly Tested[], rules?: readonly Rule[]): Table;
  faultsOf(table: Table): readonly string[];
  linesOf(table: Table): readonly string[];
};

const passed = (title: string, ...ancestors: string[]): Tested => ({ file: 'domain/x.test.ts', title, ancestors });
const example = (title: string, file = 'acceptance/x.test.ts'): Tested => ({ file, title, ancestors: [] });
const missingOf = (rule: Partial<Rule>, ...tests: readonly Tested[]) =>
  judge(tests, [{ rule: 'R7', needs: 'both', states: 'S', parts: [], ...rule }]).rules[0]?.missing;

describe('the rules', () => {
  it('are R1 to R96, each of a kind and said in a sentence; none comes later', () => {
    const rules = readRules();
    expect(rules.map(({ rule }) => rule)).toEqual(Array.from({ length: 96 }, (_, index) => `R${index + 1}`));
    expect(rules.filter(({ states }) => !/^[A-Z].{20,}[.]$/.test(states))).toEqual([]);
    expect(rules.filter(({ needs }) => !['refuses', 'effect', 'both', 'later'].includes(needs))).toEqual([]);
    expect(rules.filter(({ needs }) => needs === 'later')).toEqual([]);
  });
});

describe('what proves a rule', () => {
  const [accepts, refuses, effect] = ['R7 accepts 40', 'R7 refuses 41', 'R7 stays'];

  it.each([
    ['refuses', [accepts, refuses], []],
    ['refuses', ['R6 R7 accepts 40 and refuses 41'], []],
    ['refuses', [accepts], ['a test of what it refuses']],
    ['refuses', [refuses, effect], ['a test of what it accepts']],
    ['effect', [effect], []],
    ['effect', [accepts, refuses], ['a test of its effect']],
    ['both', [accepts, refuses, effect], []],
    ['both', [], ['a test of what it accepts', 'a test of what it refuses', 'a test of its effect']],
    ['later', [], []],
  ] as const)('%s, with the tests %j: missing %j', (needs, titles, missing) => {
    expect(missingOf({ needs }, ...titles.map((title) => passed(title)))).toEqual(missing);
  });

  it('is named at the beginning of its title or of a group around it, by its whole number', () => {
    const needs = 'effect';
    for (const title of ['R7 stays', 'R7: stays', 'E1 R7 stays', 'R6, R7: stays']) {
      expect(missingOf({ needs }, passed(title))).toEqual([]);
    }
    expect(missingOf({ needs }, passed('stays', 'R7 an offer'))).toEqual([]);
    for (const title of ['stays (R7)', 'R70 stays', 'R6 stays, R7 too', 'stays R7']) {
      expect(missingOf({ needs }, passed(title))).toEqual(['a test of its effect']);
    }
  });

  it('names every part of a rule that has several', () => {
    const parts = ['10,000', '500'];
    expect(missingOf({ needs: 'effect', parts }, passed('R7 of 10,000'))).toEqual(['"500" in a title']);
    expect(missingOf({ needs: 'effect', parts }, passed('R7 of 10,000'), passed('R7 of 500'))).toEqual([]);
  });
});

describe('a test that runs on several kinds of stores', () => {
  const file = 'acceptance/x.test.ts';
  const title = 'E1 as told';
  const run = (...all: readonly string[]): Run => ({
    file,
    tests: all.map((status) => ({ title, ancestors: ['offers'], status })),
  });
  const proved: Tested = { file, title, ancestors: ['offers'] };

  it.each([
    ['once where it passed on both', [run('passed'), run('passed')], [proved]],
    ['where it passed on one and is skipped on the other', [run('passed'), run('pending')], [proved]],
    ['not where it failed on either', [run('passed'), run('failed')], []],
    ['not where it ran nowhere', [run('pending'), run('pending')], []],
    ['where it ran on one alone', [run('passed')], [proved]],
    [
      'twice where two tests of a file have one title',
      [run('passed', 'passed'), run('passed', 'passed')],
      [proved, proved],
    ],
    ['of two with one title the one that passed', [run('passed', 'passed'), run('passed', 'failed')], [proved]],
  ])('proves %s', (_, runs, tests) => {
    expect(provingIn(runs)).toEqual(tests);
  });
});

describe('an example', () => {
  const faults = (...tests: readonly Tested[]) => faultsOf(judge(tests, []));
  const numbers = Array.from({ length: 24 }, (_, index) => index + 1);
  const all = numbers.map((number) => example(`E${number} as told`));

  it('is one test over HTTP: neither none nor two, and none of another kind', () => {
    expect(faults(...all)).toEqual([]);
    expect(faults(...all.slice(1))).toEqual(['E1: one test, and there are 0']);
    expect(faults(...all, example('E2 again'))).toEqual(['E2: one test, and there are 2']);
    expect(faults(...all.slice(1), example('E1 as told', 'domain/x.test.ts'))).toEqual([
      'E1: one test, and there are 0',
    ]);
  });
});

describe('the table', () => {
  it('shows each rule with its tests, what is missing and what comes later', () => {
    const rules = [
      { rule: 'R2', needs: 'refuses', states: 'At most 40.', parts: [] },
      { rule: 'R3', needs: 'effect', states: 'Unique.', parts: [] },
      { rule: 'R93', needs: 'later', states: 'A rebuild.', parts: [] },
    ];
    const tests = [passed('R2 accepts 40 and refuses 41'), passed('R2 accepts 1'), example('E1 as told')];
    expect(linesOf(judge(tests, rules)).slice(0, 7)).toEqual([
      'R2   ok       refuses  At most 40.',
      '              accepts  domain/x.test.ts › R2 accepts 40 and refuses 41 (+1)',
      '              refuses  domain/x.test.ts › R2 accepts 40 and refuses 41',
      'R3   MISSING  effect   Unique.',
      '              missing  a test of its effect',
      'R93  later    later    A rebuild.',
      'E1   ok       acceptance/x.test.ts › E1 as told',
    ]);
  });
});
