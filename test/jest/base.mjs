import { fileURLToPath } from 'node:url';

/** What all test runs share. Tests run from their sources; `npm test` builds first, for those that start the real programs. */
export const base = {
  rootDir: fileURLToPath(new URL('../../', import.meta.url)),
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'], globalsCleanup: 'off' },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '@swc/jest' },
  setupFiles: ['reflect-metadata'],
};
