/** A reporter for jest: after a run on all kinds of stores, a table of what ran on which server in which version. */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { MongoClient } from 'mongodb';
import { hostsOf, linesOn } from './servers-reporter.mjs';
import { rowsOf, tableOf } from './stores-table.mjs';

const tests = join(import.meta.dirname, '..');

/** The real server of each kind, as `version at host`; null: there is none. */
async function realServers({ TEST_KURRENTDB_URL: kurrentUrl, TEST_MONGODB_URL: mongoUrl }) {
  const told = async (url, versionOf) => {
    if (!url) return null;
    return `${await versionOf(url).catch(() => 'does not say its version,')} at ${hostsOf(url)}`;
  };
  return { KurrentDB: await told(kurrentUrl, kurrentVersion), MongoDB: await told(mongoUrl, mongoVersion) };
}

async function kurrentVersion(url) {
  const client = KurrentDBClient.connectionString(url);
  try {
    return (await client.capabilities).serverVersion;
  } finally {
    await client.dispose();
  }
}

async function mongoVersion(url) {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
  try {
    return (await client.db('admin').command({ buildInfo: 1 })).version;
  } finally {
    await client.close();
  }
}

function testsOf({ testFilePath, displayName, testResults }) {
  const path = relative(tests, testFilePath).split(sep);
  const area = path.slice(0, Math.min(2, path.length - 1)).join('/');
  const isOnPair = displayName?.name !== 'stores' || /\bFleet\b/.test(readFileSync(testFilePath, 'utf8'));
  return testResults.map(({ ancestorTitles, status }) => ({ area, isOnPair, ancestors: ancestorTitles, status }));
}

export default class StoresReporter {
  async onRunComplete(_contexts, { testResults }) {
    const rows = rowsOf(testResults.flatMap(testsOf), await realServers(process.env));
    const { dependencies } = JSON.parse(readFileSync(join(tests, '..', 'package.json'), 'utf8'));
    const clients = ['@kurrent/kurrentdb-client', 'mongodb', 'libsql'].map((name) => `${name} ${dependencies[name]}`);
    console.log(`\n${tableOf(rows)}\n\nNode ${process.version}, ${clients.join(', ')}`);
    console.warn(linesOn(process.env).join('\n'));
  }
}
