/**
 * Which tests prove which rules. The rules stand in `rules.md`, with the convention by which a test's title says what it
 * proves; the examples are the tests of `test/acceptance` whose titles begin with their number.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The acceptance examples. */
const examples = Array.from({ length: 24 }, (_, index) => `E${index + 1}`);

/** What each kind of rule needs to be proved. */
const rolesOf = {
  refuses: ['accepts', 'refuses'],
  effect: ['effect'],
  both: ['accepts', 'refuses', 'effect'],
  later: [],
};

/** The rules as `{ rule, needs, states, parts }`, in order. */
export function readRules() {
  const text = readFileSync(join(import.meta.dirname, 'rules.md'), 'utf8');
  return text
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, rule]) => /^R\d+$/.test(rule ?? ''))
    .map(([, rule, needs, states, parts]) => ({ rule, needs, states, parts: parts ? parts.split('; ') : [] }));
}

/** Numbers that a title begins with, as in `E1 R2 accepts …` or `R73, R77: …`. */
function numbersOf(title) {
  const [head] = /^(?:[ER]\d+[,:]?\s+)*/.exec(title);
  return head.match(/[ER]\d+/g) ?? [];
}

/** What a test shows of the rules that it names. */
function rolesShown(title) {
  const sides = ['accepts', 'refuses'].filter((word) => new RegExp(`\\b${word}\\b`).test(title));
  return sides.length > 0 ? sides : ['effect'];
}

/**
 * The tests that prove something, each once, of files of which some ran several times: in a run for each kind of stores,
 * as `{ file, tests: [{ title, ancestors, status }] }` with the tests in order. Such a test passed where it ran, and ran
 * somewhere: one that is skipped on some stores is proved on the others, one that failed on any is not proved.
 */
export function provingIn(runs) {
  const statuses = new Map();
  for (const { file, tests } of runs) {
    const before = new Map();
    for (const { title, ancestors, status } of tests) {
      const name = JSON.stringify([file, ancestors, title]);
      // Two tests of a file that have the same title are two.
      const count = (before.get(name) ?? 0) + 1;
      before.set(name, count);
      const key = `${name} ${count}`;
      statuses.set(key, { file, title, ancestors, of: [...(statuses.get(key)?.of ?? []), status] });
    }
  }
  return [...statuses.values()]
    .filter(({ of }) => of.includes('passed') && !of.includes('failed'))
    .map(({ file, title, ancestors }) => ({ file, title, ancestors }));
}

/**
 * Judges tests that passed, as `{ file, title, ancestors }` with the file's path below `test`. Answers a row for each rule
 * and for each example: the tests by what they show, and what is missing, in words.
 */
export function judge(tests, rules = readRules()) {
  const tagged = tests
    .map((test) => ({
      ...test,
      numbers: [...test.ancestors, test.title].flatMap(numbersOf),
      shows: rolesShown(test.title),
    }))
    .sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
  return {
    rules: rules.map((rule) => ruleRow(rule, tagged)),
    examples: examples.map((one) => exampleRow(one, tagged)),
  };
}

function ruleRow(rule, tagged) {
  const own = tagged.filter(({ numbers }) => numbers.includes(rule.rule));
  const proofs = rolesOf[rule.needs].map((role) => ({ role, tests: own.filter(({ shows }) => shows.includes(role)) }));
  const missing = [
    ...proofs.filter(({ tests }) => tests.length === 0).map(({ role }) => `a test of ${names[role]}`),
    ...rule.parts
      .filter((part) => !own.some(({ title }) => title.includes(part)))
      .map((part) => `"${part}" in a title`),
  ];
  return { ...rule, proofs, missing };
}

const names = { accepts: 'what it accepts', refuses: 'what it refuses', effect: 'its effect' };

function exampleRow(example, tagged) {
  const tests = tagged.filter(
    ({ file, title }) => file.startsWith('acceptance/') && numbersOf(title).includes(example),
  );
  return { example, tests, missing: tests.length === 1 ? [] : [`one test, and there are ${tests.length}`] };
}

/** Everything that is missing, a line each. */
export function faultsOf({ rules, examples: shown }) {
  return [
    ...rules.filter(({ missing }) => missing.length > 0).map(({ rule, missing }) => `${rule}: ${missing.join(', ')}`),
    ...shown
      .filter(({ missing }) => missing.length > 0)
      .map(({ example, missing }) => `${example}: ${missing.join(', ')}`),
  ];
}

/** The table in lines of text: every rule with the first of its tests of each kind, and how many more there are. */
export function linesOf({ rules, examples: shown }) {
  const word = ({ needs, missing }) => (needs === 'later' ? 'later' : missing.length > 0 ? 'MISSING' : 'ok');
  const row = (...[number, state, rest]) => `${number.padEnd(5)}${state.padEnd(9)}${rest}`;
  const proof = (role, [first, ...more]) =>
    row('', '', `${role.padEnd(9)}${first.file} › ${first.title}${more.length > 0 ? ` (+${more.length})` : ''}`);
  return [
    ...rules.flatMap((rule) => [
      row(rule.rule, word(rule), `${rule.needs.padEnd(9)}${rule.states}`),
      ...rule.proofs.filter(({ tests }) => tests.length > 0).map(({ role, tests }) => proof(role, tests)),
      ...rule.missing.map((what) => row('', '', `missing  ${what}`)),
    ]),
    ...shown.flatMap(({ example, tests: [first], missing }) => [
      row(example, missing.length > 0 ? 'MISSING' : 'ok', first ? `${first.file} › ${first.title}` : ''),
      ...missing.map((what) => row('', '', `missing  ${what}`)),
    ]),
  ];
}
