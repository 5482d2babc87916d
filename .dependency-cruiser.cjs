/**
 * Which folder may see which. Each rule names what is forbidden and why; `npm run lint` and the tests apply them.
 *
 *     domain ← views, processes        engine ← adapters        all of these ← product        client ← console
 *     apps see everything
 */

const pure = '^libs/(domain|views|processes)/';
const npm = 'node_modules/';
const builtin = ['core'];

/** What a folder of libs may import: all other imports from libs are refused. */
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(apps|libs|test)/', pathNot: to },
});

module.exports = {
  forbidden: [
    only(
      'domain-stands-alone',
      '^libs/domain/',
      ['^libs/domain/', '^libs/engine/model/'],
      'The domain decides; it knows the words of the engine and nothing that reads, stores, shows or serves.',
    ),
    only(
      'views-fold-the-domain',
      '^libs/views/',
      ['^libs/views/', '^libs/domain/', '^libs/engine/model/'],
      'A view folds events and composes documents; it knows events, the words of the engine and other views.',
    ),
    only(
      'processes-react-to-the-domain',
      '^libs/processes/',
      ['^libs/processes/', '^libs/domain/', '^libs/engine/model/'],
      'A process turns events into commands; it knows both, and the words of the engine.',
    ),
    only(
      'engine-knows-no-domain',
      '^libs/engine/',
      ['^libs/engine/'],
      'The engine carries any domain, on any adapter, in any app.',
    ),
    only(
      'engine-model-is-the-vocabulary',
      '^libs/engine/model/',
      ['^libs/engine/model/'],
      'What domain, views and processes import must not pull the machinery in behind it.',
    ),
    only(
      'ports-are-promises',
      '^libs/engine/ports/',
      ['^libs/engine/(model|ports)/'],
      'A port is what adapters implement; it must not depend on those who use it.',
    ),
    only(
      'adapters-implement-ports',
      '^libs/adapters/([^/]+)/',
      ['^libs/engine/(model|ports)/', '^libs/adapters/$1/'],
      'An adapter is one folder: it sees the ports and their words, no other adapter, and no domain.',
    ),
    only(
      'histories-are-decided',
      '^libs/histories/',
      ['^libs/histories/', '^libs/(domain|processes)/', '^libs/engine/'],
      'A history is made by deciders and processes; it knows no store, no view and no app.',
    ),
    only(
      'client-talks-http-only',
      '^libs/client/',
      ['^libs/client/'],
      'Users build against the client without the server in their tree.',
    ),
    only(
      'console-uses-the-client',
      '^apps/console/',
      ['^apps/console/', '^libs/client/'],
      'The console talks HTTP only, as any user could.',
    ),
    {
      name: 'apps-stand-beside-each-other',
      comment: 'What two apps need belongs in libs.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'nothing-rests-on-tests',
      comment: 'Tests see everything and are seen by nothing.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'pure-without-packages',
      comment: 'Domain, views and processes are functions of their arguments: no package, no Nest, no Node.',
      severity: 'error',
      from: { path: pure },
      to: { path: npm },
    },
    {
      name: 'pure-without-node',
      comment: 'Domain, views, processes and the vocabulary run anywhere: time, chance and I/O come in as arguments.',
      severity: 'error',
      from: { path: [pure, '^libs/engine/model/'] },
      to: { dependencyTypes: builtin },
    },
    {
      name: 'nest-only-where-wired',
      comment:
        'Nest is wiring: of apps, and of the product that they share. All else is plain, so that it outlives it.',
      severity: 'error',
      from: { path: '^libs/', pathNot: '^libs/product/' },
      to: { path: `${npm}@nestjs/` },
    },
    {
      name: 'no-cycles',
      comment: 'Of two files that need each other, one idea is in the wrong place.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'What no app reaches is dead, also if tests keep it warm. Threads are reached by URL, and named so.',
      severity: 'error',
      from: { path: ['^apps/', '^libs/.*-thread[.]ts$'] },
      to: { path: '^libs/', pathNot: ['[.]d[.]ts$', '^libs/.*-thread[.]ts$'], reachable: false },
    },
    {
      name: 'no-orphans-in-tests',
      comment: 'What no test and no benchmark reaches is dead. Processes and loaders are reached by URL, and named so.',
      severity: 'error',
      from: { path: ['^test/.*[.]test[.]ts$', '^test/bench/'] },
      to: { path: '^test/', pathNot: ['[.]test[.]ts$', '^test/bench/', '-process[.]ts$', '[.]mjs$'], reachable: false },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import of something that is not there fails at start.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'A package that only comes along with another one may be gone tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-packages-in-the-product',
      comment: 'An installation has production dependencies only.',
      severity: 'error',
      from: { path: '^(apps|libs)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types are dependencies too: a domain that speaks in an adapter's types knows the adapter.
    tsPreCompilationDeps: true,
    // As tsc and jest resolve `#lib/…`: to the sources.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'node', 'default'] },
  },
};
