/**
 * Which tests prove what the engine withstands, on which kinds of stores. What that is stands in `engine.md`, with the
 * convention by which a test says it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const kinds = ['embedded', 'KurrentDB', 'MongoDB'];

/** The rows as `{ number, states, on: { kind → "yes" or why not } }`, in order. */
export function readEngine() {
  const text = readFileSync(join(import.meta.dirname, 'engine.md'), 'utf8');
  return text
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, number]) => /^§8[.]\d+$/.test(number ?? ''))
    .map(([, number, states, ...on]) => ({
      number,
      states,
      on: Object.fromEntries(kinds.map((kind, at) => [kind, on[at]])),
    }));
}

/** The kinds of stores that a test of a file is on, by all that names one. */
function kindsOf({ file, title, ancestors }, project) {
  const named = [file, project, ...ancestors, title].join(' ').toLowerCase();
  const found = kinds.slice(1).filter((kind) => named.includes(kind.toLowerCase()));
  const isEmbedded = found.length === 0 || [...ancestors, title].some((text) => text.includes('embedded'));
  return isEmbedded ? ['embedded', ...found] : found;
}

function numberOf(title) {
  return /^§8[.]\d+(?=[,: ])/.exec(title)?.[0];
}

/**
 * Judges files that ran, as `{ file, project, tests: [{ title, ancestors, status }] }` with the file's path below `test`.
 * Answers each row with its tests that passed, by kind of store, and the kinds on which there are none and must be.
 */
export function judgeEngine(runs, rows = readEngine()) {
  const passed = runs.flatMap(({ file, project, tests }) =>
    tests
      .filter(({ status }) => status === 'passed')
      .map(({ title, ancestors }) => ({
        file,
        title,
        numbers: [...ancestors, title].map(numberOf),
        on: kindsOf({ file, title, ancestors }, project),
      })),
  );
  return rows.map((row) => {
    const own = passed.filter(({ numbers }) => numbers.includes(row.number));
    const tests = Object.fromEntries(kinds.map((kind) => [kind, own.filter(({ on }) => on.includes(kind))]));
    return { ...row, tests, missing: kinds.filter((kind) => row.on[kind] === 'yes' && tests[kind].length === 0) };
  });
}

/** Everything that is missing, a line each. */
export function faultsOfEngine(table) {
  return table.flatMap(({ number, missing }) => missing.map((kind) => `${number}: a test on ${kind}`));
}
