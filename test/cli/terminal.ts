import { Readable, Writable } from 'node:stream';
import { run } from '../../apps/cli/program.js';
import { fromSource } from '../support/from-source.js';

interface Circumstances {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: Buffer | string;
  /** Whether stderr is a terminal. */
  readonly isTTY?: boolean;
  /** How much time seems to pass each time that somebody looks. */
  readonly stepMs?: number;
  readonly signal?: AbortSignal;
  readonly stdout?: Writable;
  /** Told of each write to stderr. */
  readonly told?: () => void;
}

class Captured extends Writable {
  readonly #chunks: Buffer[] = [];

  constructor(
    readonly isTTY: boolean,
    private readonly told: () => void = () => undefined,
  ) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    this.told();
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

/** Runs a command as the program does, with what it prints kept. */
export async function seatledger(args: readonly string[], circumstances: Circumstances = {}) {
  const {
    environment = {},
    stdin = '',
    isTTY = false,
    stepMs = 1,
    signal = new AbortController().signal,
  } = circumstances;
  const [stdout, stderr] = [new Captured(false), new Captured(isTTY, circumstances.told)];
  let elapsedMs = 0;
  const code = await run(args, {
    environment,
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: circumstances.stdout ?? stdout,
    stderr,
    elapsedMs: () => (elapsedMs += stepMs),
    signal,
    execArgv: fromSource,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
