/** A reporter for jest: says once, after a run with tests on servers, which these were, and loudly what that leaves unproved. */
import { readFileSync } from 'node:fs';

/** Each server with the variable that names a real one, and an example of its value. */
const servers = [
  {
    name: 'KurrentDB',
    variable: 'TEST_KURRENTDB_URL',
    example: 'kurrentdb://127.0.0.1:2113?tls=false',
    needs: 'a KurrentDB or EventStoreDB that tests may write into',
  },
  {
    name: 'MongoDB',
    variable: 'TEST_MONGODB_URL',
    example: 'mongodb://127.0.0.1:27017/?replicaSet=rs0',
    needs: 'a replica set (one node is enough, MongoDB 4.4 or newer) that tests may write into',
  },
];

/** Whether its tests run on servers: by its project, or because its source speaks of one. */
function isOnServers({ displayName, testFilePath }) {
  return displayName?.name.includes('MongoDB') || /kurrentdb|mongodb/i.test(readFileSync(testFilePath, 'utf8'));
}

/** What is said of the servers of a run, a line each. */
export function linesOn(environment) {
  return servers.flatMap(({ name, variable, example, needs }) => {
    const url = environment[variable];
    if (url) return [`${name}: the tests ran on the server of ${variable} (${hostsOf(url)}).`];
    return [
      `${name}: SKIPPED on a real server, ran on a double alone. Set ${variable}, for instance to`,
      `  ${example}, to ${needs}.`,
    ];
  });
}

/** Of a connection string: without names, passwords and options. */
export function hostsOf(url) {
  return /^[^:]+:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url)?.[1] ?? '';
}

export default class ServersReporter {
  onRunComplete(_contexts, { testResults }) {
    if (testResults.some(isOnServers)) console.warn(`\n${linesOn(process.env).join('\n')}`);
  }
}
