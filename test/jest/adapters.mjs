/** What `npm run test:adapters` runs: everything that is to hold on each kind of stores, on real servers where there are any. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { base } from './base.mjs';
import pair from './pair.mjs';

const tests = join(base.rootDir, 'test');
const onServers = {
  globalSetup: '<rootDir>/test/jest/start-servers.mjs',
  globalTeardown: '<rootDir>/test/jest/stop-servers.mjs',
};

/** Contract suites, adapters, doubles, and whatever else goes over kinds of stores or servers. */
function isOnStores(file) {
  if (/^(adapters|doubles)\//.test(file)) return true;
  return /\b(onAllStores|kurrentServers|mongoServers|killableServers|Fleet)\b/.test(
    readFileSync(join(tests, file), 'utf8'),
  );
}

const files = readdirSync(tests, { recursive: true }).map((file) => file.replaceAll('\\', '/'));
const testMatch = files
  .filter((file) => file.endsWith('.test.ts') && isOnStores(file))
  .map((file) => `<rootDir>/test/${file}`);

export default {
  rootDir: base.rootDir,
  projects: [
    { ...base, ...onServers, displayName: 'stores', testMatch },
    { ...pair, ...onServers },
  ],
  reporters: ['default', '<rootDir>/test/jest/stores-reporter.mjs'],
  testTimeout: 20_000,
  // One file after the other: on one server, whatever another writes moves positions on.
  maxWorkers: 1,
  workerIdleMemoryLimit: '1GB',
};
