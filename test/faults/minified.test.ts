import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { minify } from '@swc/core';
import { deciders } from '#lib/domain/deciders.js';
import { domainEvents } from '#lib/domain/events.js';
import { views } from '#lib/views/views.js';
import { filesUnder, root, textOf } from '../architecture/tree.js';
import { foldedAlike } from '../support/same-digests.js';
import { newFolder } from '../support/sqlite.js';
import { Fleet } from './fleet.js';
import { openMarket } from './load.js';
import { ask, type Sent } from './sending.js';
import { startServerProcess, untilReady, type ServerProcess } from './server-process.js';

/** The build with every name shortened that is not a property: of classes, functions and variables. */
async function minifiedBuild(): Promise<string> {
  const folder = newFolder();
  for (const path of filesUnder('dist/apps', 'dist/libs').filter((name) => name.endsWith('.js'))) {
    const { code } = await minify(namedAtTheEnd(textOf(path)), {
      module: true,
      compress: true,
      mangle: { toplevel: true, keep_classnames: false, keep_fnames: false },
    });
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), code);
  }
  writeFileSync(join(folder, 'package.json'), textOf('package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** A class that is exported where it stands keeps its name; one that is exported by a list at the end does not. */
function namedAtTheEnd(code: string): string {
  const names: string[] = [];
  const declared = code.replace(
    /^(.*[*][/] )?export (?=class (\w+))/gm,
    (_, before: string | undefined, name: string) => {
      names.push(name);
      return before ?? '';
    },
  );
  return names.length === 0 ? code : `${declared}\nexport { ${names.join(', ')} };\n`;
}

/** What a module of a build exports, worked out by an expression in a process of its own. */
function evaluated(build: string, expression: string): unknown {
  const text = `import 'reflect-metadata';
    const at = (path) => import(${JSON.stringify(build)} + '/dist/' + path);
    console.log(JSON.stringify(${expression}));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: build,
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('§8.19 a minified build', () => {
  let build = '';
  let server: ServerProcess | null = null;
  beforeAll(async () => (build = await minifiedBuild()), 60_000);
  afterEach(() => server?.end('SIGKILL'));

  it('has other class names, and the same stored names of all events, commands and views', () => {
    const messages = readFileSync(join(build, 'dist/libs/domain/publisher/messages.js'), 'utf8');
    expect(messages).not.toMatch(/class EnrollPublisher\b/);
    const names = evaluated(
      build,
      `{
        events: (await at('libs/domain/events.js')).domainEvents.map(({ type }) => type),
        known: (await at('libs/product/registries.js')).catalog.types,
        commands: (await at('libs/domain/deciders.js')).deciders.flatMap(({ handles }) => handles.map(({ command }) => command.type)),
        queries: (await at('libs/views/views.js')).views.flatMap(({ queries }) => queries.map(({ query }) => query.type)),
      }`,
    );
    const events = domainEvents.map(({ type }) => type);
    expect(names).toEqual({
      events,
      known: events,
      commands: deciders.flatMap(({ handles }) => handles.map(({ command }) => command.type)),
      queries: views.flatMap(({ queries }) => queries.map(({ query }) => query.type)),
    });
  }, 30_000);

  it('serves the same reference, walks the story, and its log is any build’s log', async () => {
    const data = newFolder();
    server = await startServerProcess({ data, entry: join(build, 'dist/apps/server/main.js') });
    const reference = await fetch(`${server.address}/openapi.json`).then((response) => response.json());
    const { servers: _here, ...served } = reference as Record<string, unknown>;
    const { operatorKey } = await openMarket(server.address, server.adminKey ?? '', 2);
    const viewsOf = async ({ address }: ServerProcess) => {
      await untilReady(address);
      const { rows } = await ask(address, operatorKey, '/projections');
      return rows.map(({ view, digest, applied, parked }: Sent['body']) => ({ view, digest, applied, parked }));
    };
    const before = await viewsOf(server);
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0 });
    for (const name of ['views.db', 'views.db-wal', 'views.db-shm']) rmSync(join(data, name), { force: true });

    server = await startServerProcess({ data });
    const ordinary = await fetch(`${server.address}/openapi.json`).then((response) => response.json());
    const { servers: _there, ...expected } = ordinary as Record<string, unknown>;
    expect(served).toEqual(expected);
    expect(await viewsOf(server)).toEqual(before);
  }, 60_000);

  it('serves and works on KurrentDB and MongoDB; its views are those of any build', async () => {
    const fleet = await Fleet.start({});
    server = await fleet.server({ entry: join(build, 'dist/apps/server/main.js') });
    const worker = await fleet.worker({ entry: join(build, 'dist/apps/worker/main.js') });
    await openMarket(server.address, server.adminKey ?? '', 2);
    await fleet.untilAtRest();
    expect(await foldedAlike(fleet.stores)).toBe(true);
    for (const process of [server, worker]) expect(await process.end('SIGTERM')).toMatchObject({ code: 0 });
  }, 60_000);
});
