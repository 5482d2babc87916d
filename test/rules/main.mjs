/** Runs the tests that prove rules and examples, prints which prove what, and fails if any is without: `npm run rules`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { provingFiles } from './reporter.mjs';

const root = join(import.meta.dirname, '..', '..');
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const reporters = ['default', '<rootDir>/test/rules/table-reporter.mjs', '<rootDir>/test/jest/servers-reporter.mjs'];
const files = provingFiles().map((file) => join('test', file));
const options = reporters.map((reporter) => `--reporters=${reporter}`);
const { status } = spawnSync(process.execPath, [...node, jest, ...options, '--runTestsByPath', ...files], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
