import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/**
 * The coding guide, as far as a machine can check it for one file at a time. Directions between folders are checked by
 * `.dependency-cruiser.cjs`, what can only be seen over all files by `test/architecture`, form by prettier.
 */

/** Syntax that no file may have. A list given for narrower files replaces this one, so those repeat it. */
const nowhere = [
  { selector: 'TSEnumDeclaration', message: 'Write a union of literals, not an enum.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name: a default export has as many names as importers.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file where the idea lives.' },
  { selector: 'ExportNamedDeclaration[source]', message: 'No barrels: import from the file where the idea lives.' },
];

/** What a pure function cannot know by itself: time, chance and identity come in as arguments. */
const impure = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes in with the context.' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time comes in with the context.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'IDs come in with the context.',
  },
];
const world = ['process', 'console', 'crypto', 'fetch', 'performance', 'setTimeout', 'setInterval', 'setImmediate'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'coverage/', '.stryker-tmp/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'everywhere',
    rules: {
      eqeqeq: 'error',
      'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'no-else-return': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'URL',
          property: 'canParse',
          message: 'It refuses valid hosts once it is hot in Node 20: use parsedUrl.',
        },
      ],
      'no-fallthrough': 'error',
      'no-self-assign': 'error',
      'no-self-compare': 'error',
      'no-sparse-arrays': 'error',
      'no-template-curly-in-string': 'error',
      'no-unreachable': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-escape': 'error',
      'no-useless-rename': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'use-isnan': 'error',
      'valid-typeof': 'error',
      'max-lines': ['error', { max: 300 }],
    },
  },
  {
    name: 'plain scripts, which the compiler does not see',
    files: ['**/*.{js,mjs,cjs}'],
    rules: { 'no-unused-vars': 'error' },
  },
  {
    name: 'typescript',
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-syntax': ['error', ...nowhere],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Files with decorators are left alone by this rule: what Nest injects must stay a value import.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Code is written as records of functions, which need no `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Ports answer with promises also where an implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    name: 'product code: functions fit a screen',
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  {
    name: 'the engine and its adapters hold messages and states of all kinds side by side, with their types erased',
    files: ['libs/engine/**/*.ts', 'libs/adapters/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    name: 'libs never read the environment, and answer or throw instead of printing',
    files: ['libs/**/*.ts'],
    // Says why a process does not start, for all apps alike.
    ignores: ['libs/product/main-process.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Configuration is read in apps and comes in as an argument.' },
      ],
    },
  },
  {
    name: 'domain, views and processes are functions of their arguments, and believe the compiler',
    files: ['libs/domain/**/*.ts', 'libs/views/**/*.ts', 'libs/processes/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...nowhere, ...impure],
      'no-restricted-globals': ['error', ...world],
      // `as const` stays allowed: it asserts nothing that could be false.
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
    },
  },
  {
    name: 'views and processes listen to some events of many',
    files: ['libs/views/**/*.ts', 'libs/processes/**/*.ts'],
    rules: { '@typescript-eslint/switch-exhaustiveness-check': 'off' },
  },
  {
    name: 'tests read answers of unknown shape, and compare them whole',
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  prettier,
);
