import type { TransferCounts, TransferProgress } from '#lib/engine/transfer/format.js';
import type { Surroundings } from './surroundings.js';

/** How often progress is told: drawn anew on a terminal, as a line of its own elsewhere. */
export const everyMs = { terminal: 100, lines: 10_000 } as const;
const barLength = 30;

/** Tells on stderr how far a command is. */
export class Progress {
  #toldAt: number;

  constructor(
    private readonly act: string,
    /** Of the file, if it is known. */
    private readonly bytes: number | null,
    private readonly surroundings: Pick<Surroundings, 'stderr' | 'elapsedMs'>,
  ) {
    this.#toldAt = surroundings.elapsedMs();
  }

  readonly report = (progress: TransferProgress): void => {
    const { stderr, elapsedMs } = this.surroundings;
    const now = elapsedMs();
    if (now - this.#toldAt < (stderr.isTTY ? everyMs.terminal : everyMs.lines)) return;
    this.#toldAt = now;
    const share = this.bytes ? Math.min(1, progress.bytes / this.bytes) : null;
    const percent = share === null ? '' : ` ${Math.floor(share * 100)} %,`;
    const bar = share === null || !stderr.isTTY ? '' : ` ${barOf(share)}`;
    const line = `${this.act}${bar}${percent} ${inWords(progress)}`;
    stderr.write(stderr.isTTY ? `\r${line}\u001B[K` : `${line}\n`);
  };

  /** Takes the line away that was drawn on a terminal. */
  end(): void {
    if (this.surroundings.stderr.isTTY) this.surroundings.stderr.write('\r\u001B[K');
  }
}

export function inWords({ records, events }: TransferCounts): string {
  return `${amount(events, 'event')} and ${amount(records, 'record')}`;
}

export function amount(count: number, of: string): string {
  return `${count.toLocaleString('en-US')} ${of}${count === 1 ? '' : 's'}`;
}

export function barOf(share: number): string {
  const full = Math.floor(share * barLength);
  return `[${'#'.repeat(full)}${'-'.repeat(barLength - full)}]`;
}
