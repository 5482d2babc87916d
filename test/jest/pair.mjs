import { base } from './base.mjs';

/** The walks over HTTP a second time, on KurrentDB and MongoDB (test/support/stores.ts), with a worker beside the server. */
export default {
  ...base,
  displayName: 'KurrentDB + MongoDB',
  roots: ['<rootDir>/test/acceptance'],
  globals: { testStores: 'pair' },
  globalSetup: '<rootDir>/test/jest/start-doubles.mjs',
  globalTeardown: '<rootDir>/test/jest/stop-doubles.mjs',
};
