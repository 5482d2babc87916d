import { spawn, type ChildProcess } from 'node:child_process';

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
  const path = new URL(`../${file}`, import.meta.url).pathname;
  const env = { ...process.env, NODE_OPTIONS: '' };
  return spawn(process.execPath, [...fromSource, path, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}
