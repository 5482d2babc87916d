/**
 * A test runner for Stryker. Jest takes seconds to begin, thousands of times; tests of pure functions need none of it but
 * `describe`, `it`, `it.each` and `expect`. All files are loaded once, and then run in this process for one mutant after
 * another: only those tests that reach it, until the first that notices it.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PluginKind, declareClassPlugin } from '@stryker-mutator/api/plugin';
import { expect } from 'expect';
import { bind } from 'jest-each';

const folders = ['domain', 'processes', 'views'];

/** What the instrumented sources look at. */
const instruments = (globalThis.__stryker__ ??= {});

/** Loads the test files, with what jest calls global; answers their tests in order. */
async function loadTests() {
  const tests = [];
  let prefix = '';
  const describe = (name, body) => {
    const outer = prefix;
    prefix = `${outer}${name} › `;
    body();
    prefix = outer;
  };
  const it = (name, run) => tests.push({ id: `${prefix}${name} #${tests.length}`, name: `${prefix}${name}`, run });
  describe.each = bind(describe);
  it.each = bind(it);
  // Folders that a test's support makes for stores stay empty here.
  Object.assign(globalThis, { describe, it, expect, afterAll: () => undefined });
  await import('reflect-metadata');
  for (const folder of folders.map((name) => join(process.cwd(), 'test', name))) {
    const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.test.ts'));
    for (const file of files.sort()) await import(pathToFileURL(join(folder, file)).href);
  }
  return tests;
}

/** Runs one; answers the error with which it failed, or null. */
async function failureOf({ run }) {
  try {
    await run();
    return null;
  } catch (error) {
    return error;
  }
}

class InProcessRunner {
  #tests = null;

  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun() {
    const tests = [];
    for (const test of await this.#load()) {
      instruments.currentTestId = test.id;
      const began = performance.now();
      const failure = await failureOf(test);
      const timeSpentMs = performance.now() - began;
      const { id, name } = test;
      if (failure) tests.push({ id, name, timeSpentMs, status: 1, failureMessage: String(failure) });
      else tests.push({ id, name, timeSpentMs, status: 0 });
    }
    instruments.currentTestId = undefined;
    return { status: 'complete', tests, mutantCoverage: instruments.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    Object.assign(instruments, { activeMutant: activeMutant.id, hitCount: hitLimit ? 0 : undefined, hitLimit });
    let tests;
    try {
      tests = await this.#load();
    } catch (error) {
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    }
    const wanted = testFilter ? new Set(testFilter) : null;
    let nrOfTests = 0;
    for (const test of tests) {
      if (wanted && !wanted.has(test.id)) continue;
      nrOfTests += 1;
      const failure = await failureOf(test);
      if (instruments.hitLimit && instruments.hitCount > instruments.hitLimit) return { status: 'timeout' };
      if (failure) return { status: 'killed', killedBy: [test.id], failureMessage: String(failure), nrOfTests };
    }
    return { status: 'survived', nrOfTests };
  }

  async #load() {
    this.#tests ??= await loadTests();
    return this.#tests;
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
