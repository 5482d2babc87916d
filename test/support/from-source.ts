import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Node's options with which a worker thread or a process runs the TypeScript sources as they are now. Tests use them
 * instead of dist, which may be older than what is tested.
 */
export const fromSource = [
  '--conditions=source',
  '--disable-warning=ExperimentalWarning',
  '--import',
  new URL('./source-loader.mjs', import.meta.url).href,
];

/** Starts a source file, named from the tests' folder, as a process of its own. */
export function runSource(file: string, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, commandLine(file, args), options);
}

/** The same, but writing a file beyond so many bytes fails as on a broken disk. */
export function runSourceWithFileLimit(bytes: number, file: string, ...args: readonly string[]): ChildProcess {
  const script = `ulimit -f ${Math.ceil(bytes / 1_024)} && exec "$0" "$@"`;
  return spawn('bash', ['-c', script, process.execPath, ...commandLine(file, args)], options);
}

function commandLine(file: string, args: readonly string[]): string[] {
  return [...fromSource, fileURLToPath(new URL(`../${file}`, import.meta.url)), ...args];
}

const options: SpawnOptions = { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'] };
