import type { Watching } from '#lib/adapters/sqlite/verified-log.js';
import type { TransferCounts, TransferProgress } from '#lib/engine/transfer/format.js';
import type { Surroundings } from './surroundings.js';

/** How often progress is told: drawn anew on a terminal, as a line of its own elsewhere. */
const everyMs = { terminal: 100, lines: 10_000 } as const;
const barLength = 30;

/** A line on stderr about how far something is, told now and then. */
export class ProgressLine {
  #toldAt: number;

  constructor(private readonly surroundings: Pick<Surroundings, 'stderr' | 'elapsedMs'>) {
    this.#toldAt = surroundings.elapsedMs();
  }

  /** If it is time for that. `share` is drawn as a bar on a terminal; null: it is not known. */
  tell(act: string, share: number | null, words: string): void {
    const { stderr, elapsedMs } = this.surroundings;
    const now = elapsedMs();
    if (now - this.#toldAt < (stderr.isTTY ? everyMs.terminal : everyMs.lines)) return;
    this.#toldAt = now;
    const percent = share === null ? '' : ` ${Math.floor(share * 100)} %,`;
    const bar = share === null || !stderr.isTTY ? '' : ` ${barOf(share)}`;
    const line = `${act}${bar}${percent} ${words}`;
    stderr.write(stderr.isTTY ? `\r${line}\u001B[K` : `${line}\n`);
  }

  /** Takes the line away that was drawn on a terminal. */
  end(): void {
    if (this.surroundings.stderr.isTTY) this.surroundings.stderr.write('\r\u001B[K');
  }
}

/** Tells on stderr how far copying a log is. */
export class Progress {
  readonly #line: ProgressLine;

  constructor(
    private readonly act: string,
    /** Of the file, if it is known. */
    private readonly bytes: number | null,
    surroundings: Pick<Surroundings, 'stderr' | 'elapsedMs'>,
  ) {
    this.#line = new ProgressLine(surroundings);
  }

  readonly report = (progress: TransferProgress): void => {
    const share = this.bytes ? Math.min(1, progress.bytes / this.bytes) : null;
    this.#line.tell(this.act, share, inWords(progress));
  };

  end(): void {
    this.#line.end();
  }
}

/** Tells on stderr how far reading a log is, which `read` does. */
export async function whileReading<T>(
  act: string,
  surroundings: Surroundings,
  read: (watching: Watching) => Promise<T>,
): Promise<T> {
  const line = new ProgressLine(surroundings);
  const progress = (events: number, of: number): void =>
    line.tell(act, of === 0 ? null : events / of, amount(events, 'event'));
  try {
    return await read({ progress, signal: surroundings.signal });
  } finally {
    line.end();
  }
}

export function inWords({ records, events }: TransferCounts): string {
  return `${amount(events, 'event')} and ${amount(records, 'record')}`;
}

export function amount(count: number, of: string): string {
  return `${count.toLocaleString('en-US')} ${of}${count === 1 ? '' : 's'}`;
}

function barOf(share: number): string {
  const full = Math.floor(share * barLength);
  return `[${'#'.repeat(full)}${'-'.repeat(barLength - full)}]`;
}
