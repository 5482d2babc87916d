import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { KurrentDouble } from '../doubles/kurrentdb/kurrent-double.js';

/** A server that a test may kill. */
export interface KillableServer {
  readonly url: string;
  /** It is gone at once, and says nothing to anybody. */
  kill(): Promise<void>;
  /** Starts it again on what it has stored. */
  start(): Promise<void>;
}

const { TEST_KURRENTDB_COMMAND: command, TEST_KURRENTDB_URL: realUrl } = process.env;

/** The servers that a test with kills runs on: the double, and a real one if it is known how to start it. */
export const killableServers: readonly (readonly [
  name: string,
  kills: number,
  start: () => Promise<KillableServer>,
])[] = [
  ['KurrentDB (double)', 5, startDouble],
  ...(command && realUrl ? ([['KurrentDB', 20, () => startReal(command, realUrl)]] as const) : []),
];

/** Says loudly what is not proved by this run. */
export function sayIfNoneIsKilled(): void {
  if (command && realUrl) return;
  console.warn(
    'SKIPPED: kills of a real KurrentDB. Set TEST_KURRENTDB_COMMAND to a command line that runs one in the foreground ' +
      'and keeps its data, and TEST_KURRENTDB_URL to where it listens. Whoever else uses it is cut off as well.',
  );
}

async function startDouble(): Promise<KillableServer> {
  const double = await KurrentDouble.start();
  return { url: double.url, kill: () => double.stop(), start: () => double.resume() };
}

const running = new Set<ChildProcess>();
// A test that fails leaves no server behind.
afterAll(() => running.forEach(killGroup));

async function startReal(commandLine: string, url: string): Promise<KillableServer> {
  let child: ChildProcess | null = null;
  const server: KillableServer = {
    url,
    async kill() {
      if (!child) return;
      const exited = once(child, 'exit');
      killGroup(child);
      await exited;
      running.delete(child);
    },
    async start() {
      child = spawn(commandLine, { shell: true, detached: true, stdio: 'ignore' });
      running.add(child);
    },
  };
  await server.start();
  await untilItWrites(url);
  return server;
}

/** The shell that was given the command line, and whatever it started. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
}

/** Until a server takes what anybody writes: tried again and again, each time by a client that remembers no failure. */
export async function untilItWrites(url: string, withinMs = 60_000): Promise<void> {
  for (const until = performance.now() + withinMs; ; await pause(20)) {
    const client = KurrentDBClient.connectionString(url);
    try {
      await client.appendToStream('probe', jsonEvent({ type: 'Probe', data: {} }), { deadline: 1_000 });
      return;
    } catch (cause) {
      if (performance.now() > until) throw new Error(`${url} does not write after ${withinMs} ms.`, { cause });
    } finally {
      await client.dispose();
    }
  }
}
