/** A reporter for jest: says after a run of all tests on which stores something is not proved that must be, and fails it then. */
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { faultsOfEngine, judgeEngine } from './engine.mjs';

const root = join(import.meta.dirname, '..');
const nameOf = (path) => relative(root, path).split(sep).join('/');

/** What runs where all runs: each file of tests, and the walks over HTTP on the other stores again. */
function everyRun() {
  const files = readdirSync(root, { recursive: true }).map((name) => nameOf(join(root, name)));
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  return [...tests, ...tests.filter((file) => file.startsWith('acceptance/'))].sort();
}

export default class EngineReporter {
  #isNarrowed;
  #error;

  constructor({ testNamePattern }) {
    this.#isNarrowed = Boolean(testNamePattern);
  }

  onRunComplete(_contexts, { testResults }) {
    const ran = testResults.map(({ testFilePath }) => nameOf(testFilePath)).sort();
    if (this.#isNarrowed || ran.join() !== everyRun().join()) return;
    const runs = testResults.map(({ testFilePath, displayName, testExecError, testResults: tests }) => ({
      file: nameOf(testFilePath),
      project: displayName?.name,
      // A file that failed outside of its tests proves nothing.
      tests: testExecError
        ? []
        : tests.map(({ title, ancestorTitles: ancestors, status }) => ({ title, ancestors, status })),
    }));
    const faults = faultsOfEngine(judgeEngine(runs));
    if (faults.length === 0) return;
    this.#error = new Error(
      `What the engine withstands is not proved everywhere (test/rules/engine.md):\n${faults.join('\n')}`,
    );
    console.error(`\n${this.#error.message}`);
  }

  getLastError() {
    return this.#error;
  }
}
