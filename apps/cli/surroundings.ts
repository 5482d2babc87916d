import type { Readable, Writable } from 'node:stream';
import type { Environment } from '#lib/product/config/given.js';

/** All that a command touches outside itself and the stores. */
export interface Surroundings {
  readonly environment: Environment;
  readonly stdin: Readable;
  /** Results, and what is exported to `-`. */
  readonly stdout: Writable;
  /** Progress, and why a command was refused. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Milliseconds since some instant, for how often progress is told. */
  readonly elapsedMs: () => number;
  /** Aborts when the command is to stop: what was written until then stays. */
  readonly signal: AbortSignal;
  /** Node's options for threads; tests run them from their sources. */
  readonly execArgv?: readonly string[];
}

/** A command cannot do what it was asked for. The message says what to do. */
export class RefusedError extends Error {}

/** The system's name of what failed, e.g. `ENOENT`. */
export function systemCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : null;
}

/** What the system says about a file that cannot be used. */
export function unusableFile(file: string, error: unknown): RefusedError {
  const code = systemCode(error) ?? String(error);
  const why = code === 'EEXIST' ? 'is there already: name another file, or remove it' : `cannot be used (${code})`;
  return new RefusedError(`${file} ${why}.`, { cause: error });
}
