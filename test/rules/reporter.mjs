/** A reporter for jest: says after a run of all tests which rules are not proved, and fails the run then. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { faultsOf, judge, provingIn } from './table.mjs';

const root = join(import.meta.dirname, '..');
const nameOf = (path) => relative(root, path).split(sep).join('/');

/** Files that hold a title, or a part of one, that begins with the number of a rule or an example; paths below `test`. */
export function provingFiles() {
  return readdirSync(root, { recursive: true })
    .map((name) => nameOf(join(root, name)))
    .filter((file) => file.endsWith('.test.ts') && /['"`][ER]\d+[,:]? /.test(readFileSync(join(root, file), 'utf8')));
}

export default class RulesReporter {
  // As they are before the run, which takes minutes.
  #proving = provingFiles();
  #isNarrowed;
  #error;

  constructor({ testNamePattern }) {
    this.#isNarrowed = Boolean(testNamePattern);
  }

  /** Only where all of them ran can a rule be said to be without: a run of some is not judged. */
  onRunComplete(_contexts, { testResults }) {
    const run = new Set(testResults.map(({ testFilePath }) => nameOf(testFilePath)));
    if (this.#isNarrowed || this.#proving.some((file) => !run.has(file))) return;
    const runs = testResults.map(({ testFilePath, testExecError, testResults: tests }) => ({
      file: nameOf(testFilePath),
      // A file that failed outside of its tests proves nothing.
      tests: tests.map(({ title, ancestorTitles, status }) => {
        return { title, ancestors: ancestorTitles, status: testExecError ? 'failed' : status };
      }),
    }));
    this.report(judge(provingIn(runs)));
  }

  report(table) {
    const faults = faultsOf(table);
    if (faults.length === 0) return;
    this.#error = new Error(`Rules and examples without their tests (test/rules/rules.md):\n${faults.join('\n')}`);
    console.error(`\n${this.#error.message}`);
  }

  getLastError() {
    return this.#error;
  }
}
