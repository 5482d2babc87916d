#!/usr/bin/env node
import 'reflect-metadata';
import { run } from './program.js';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

const { env: environment, stdin, stdout, stderr } = process;
// A reader that goes away is told to whoever writes; of the rest nobody needs to hear.
stdout.on('error', () => undefined);
process.exitCode = await run(process.argv.slice(2), {
  environment,
  stdin,
  stdout,
  stderr,
  elapsedMs: () => performance.now(),
  signal: interrupted.signal,
});
