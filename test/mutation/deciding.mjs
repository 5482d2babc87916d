/** Mutation tests of what decides and folds: `npm run test:mutation`. */
export default {
  plugins: ['./test/mutation/runner.mjs'],
  testRunner: 'in-process',
  testRunnerNodeArgs: [
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    '--import',
    './test/support/source-loader.mjs',
  ],
  coverageAnalysis: 'perTest',
  // Not what is declared: messages and refusals, and the life cycles, which test/model holds against the deciders.
  mutate: [
    'libs/{domain,views,processes}/**/*.ts',
    '!libs/domain/**/{messages,*-messages,refusals,*-refusals,life-cycle}.ts',
  ],
  ignoreStatic: true,
  reporters: ['clear-text'],
  concurrency: 2,
  tempDirName: '.stryker-tmp',
};
