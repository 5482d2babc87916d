import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Child {
  readonly address: string;
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** Starts a server of this build as a process of its own and waits for the line that names its address. */
export async function startChild(script: URL, environment: NodeJS.ProcessEnv = {}): Promise<Child> {
  const child: ChildProcess = spawn(
    process.execPath,
    [...(process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? []), script.pathname],
    {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${script.pathname} ended with ${code}.`)));
    if (!child.stdout) return reject(new Error('No output.'));
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => {
      lines.push(line);
      const found = / on (http:\/\/[^\s/]+)/.exec(line)?.[1];
      // What is printed together with the address belongs to the start.
      if (found) setTimeout(() => resolve(found), 200);
    });
  });
  return {
    address,
    lines,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
