import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../architecture/tree.js';

/** The entry that `npm start` runs, as it was built last. */
export const builtServer = join(root, 'dist', 'apps', 'server', 'main.js');
const builtWorker = join(root, 'dist', 'apps', 'worker', 'main.js');

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** All that was printed. */
  readonly output: string;
}

interface Process {
  readonly address: string;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>;
  readonly exited: Promise<Exit>;
}

export interface ServerProcess extends Process {
  /** Text of the admin key that the first start prints. */
  readonly adminKey: string | null;
}

export interface WorkerProcess extends Process {
  /** Stops it as the system may, in the middle of anything, until `wake`. */
  freeze(): void;
  wake(): void;
}

export interface Launch {
  readonly data: string;
  readonly entry?: string;
  /** Node's own options. */
  readonly execArgv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The user to run as. */
  readonly uid?: number;
}

const running = new Set<ChildProcess>();
// A test that fails leaves no server behind.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the server as a process of its own, on a port that is free, and does not wait. */
function launch({ data, entry = builtServer, execArgv = [], environment = {}, uid }: Launch) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SEATLEDGER_|NODE_OPTIONS|PORT|HOST)/.test(name));
  const child = spawn(process.execPath, [...execArgv, entry], {
    env: {
      ...Object.fromEntries(inherited),
      SEATLEDGER_DATA: data,
      SEATLEDGER_LOG_LEVEL: 'error',
      SEATLEDGER_GO_LIVE_AFTER: '10ms',
      PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  running.add(child);
  let output = '';
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of heard) listener();
    });
  }
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    running.delete(child);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, output };
  });
  return { child, exited, heard, output: () => output };
}

/** A process that has begun to listen: it has said where, and then where its stores are. Throws what it printed if it ended instead. */
async function begun({ exited, heard, output }: ReturnType<typeof launch>, says: RegExp): Promise<string> {
  const place = /(?:Data folder|Views: MongoDB at).*\n/;
  const listening = new Promise<string>((resolve) => {
    const look = (): void => {
      const address = says.exec(output())?.[1];
      if (!address || !place.test(output())) return;
      heard.delete(look);
      resolve(address);
    };
    heard.add(look);
  });
  return Promise.race([
    listening,
    exited.then(({ code, signal }) => {
      throw new Error(`The process ended with ${code ?? signal}:\n${output()}`);
    }),
  ]);
}

/** A server that has begun to listen. Throws what it printed if it ended instead. */
export async function startServerProcess(options: Launch): Promise<ServerProcess> {
  const launched = launch(options);
  const { child, exited, output } = launched;
  const address = await begun(launched, /listens on (http:\S+)/);
  // The key is printed by the write that follows the place's line: it is there when the first request is answered.
  await fetch(`${address}/health/live`);
  return {
    address,
    adminKey: /Admin key, shown this once: (\S+)/.exec(output())?.[1] ?? null,
    exited,
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** A worker that tells how it is. Throws what it printed if it ended instead. */
export async function startWorkerProcess(options: Launch): Promise<WorkerProcess> {
  const launched = launch({ entry: builtWorker, ...options });
  const { child, exited } = launched;
  const address = await begun(launched, /tells how it is on (http:\S+)\/health\/ready/);
  return {
    address,
    exited,
    freeze: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** What comes of a start that is not to last. One that listens all the same is ended, unless it may end by itself. */
export async function runServerProcess(options: Launch, mayListen = false): Promise<Exit> {
  const { child, exited, heard, output } = launch(options);
  heard.add(() => {
    if (!mayListen && output().includes('listens on')) child.kill('SIGKILL');
  });
  return exited;
}

/** Until the server says that views and processes have caught up, for so long at most. */
export async function untilReady(address: string, withinMs = 15_000): Promise<void> {
  for (const until = Date.now() + withinMs; ;) {
    const { status } = await fetch(`${address}/health/ready`);
    if (status === 200) return;
    if (Date.now() > until) throw new Error(`The server is not ready after ${withinMs} ms.`);
  }
}
