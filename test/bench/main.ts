import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { benchCommands } from './commands.js';
import { benchHttp } from './http.js';
import type { Addresses } from './installation.js';
import { benchRebuild } from './rebuild.js';
import { printHeader, printRow, type Row } from './report.js';
import { benchStore } from './store.js';

type Part = (addresses: Addresses) => Promise<readonly Row[]>;

/** What is measured on any stores; on KurrentDB, commands beside a plain library too. */
const parts: Readonly<Record<string, Part>> = { http: benchHttp, store: benchStore, rebuild: benchRebuild };
const partsOnKurrent: Readonly<Record<string, Part>> = { commands: benchCommands, ...parts };

const usage = `npm run bench [-- [part …] [--events <url>] [--views <url>]]
Measures all parts, or some of ${Object.keys(partsOnKurrent).join(', ')} (commands only with --events), each in an installation of its own.
--events: address of a KurrentDB or EventStoreDB; --views: address of a MongoDB replica set, without a database.`;

function askedOf(args: string[]) {
  const options = { events: { type: 'string' }, views: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { events = null, views = null } = values;
  const possible = events === null ? parts : partsOnKurrent;
  const names = positionals.length > 0 ? positionals : Object.keys(possible);
  return { addresses: { events, views }, measures: names.map((name) => possible[name] ?? unknown(name)) };
}

function unknown(name: string): never {
  throw new Error(`There is no part ${name}.`);
}

let asked: ReturnType<typeof askedOf>;
try {
  asked = askedOf(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exit(2);
}
printHeader();
for (const measure of asked.measures) {
  for (const row of await measure(asked.addresses)) printRow(row);
}
