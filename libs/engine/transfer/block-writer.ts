import { createHash } from 'node:crypto';
import { blockLimits, type Check, type End, type Line, type TransferCounts } from './format.js';

/** Lines gathered to blocks, each with its check. */
export class BlockWriter {
  readonly #hash = createHash('sha256');
  #text = '';
  #lines = 0;
  #records = 0;
  #events = 0;
  #bytes = 0;

  get progress(): TransferCounts & { readonly bytes: number } {
    return { records: this.#records, events: this.#events, bytes: this.#bytes };
  }

  get isFull(): boolean {
    return this.#lines >= blockLimits.lines || this.#text.length >= blockLimits.bytes;
  }

  add(line: Line): void {
    this.#text += `${JSON.stringify(line)}\n`;
    this.#lines += 1;
    if (line.kind === 'record') this.#records += 1;
    if (line.kind === 'event') this.#events += 1;
  }

  /** What was added since the last block, with its check behind it; nothing if nothing was. */
  take(): string {
    if (this.#lines === 0) return '';
    const check: Check = { kind: 'check', sha256: this.#digestWith(this.#text) };
    return this.#passed(this.#text, check);
  }

  /** The end, after the last block. */
  end(): string {
    const { records, events } = this.progress;
    const end: End = { kind: 'end', records, events, sha256: this.#digestWith('') };
    return this.#passed('', end);
  }

  #digestWith(text: string): string {
    this.#hash.update(text);
    this.#bytes += Buffer.byteLength(text);
    return this.#hash.copy().digest('hex');
  }

  #passed(before: string, closing: Check | End): string {
    const line = `${JSON.stringify(closing)}\n`;
    this.#digestWith(line);
    this.#text = '';
    this.#lines = 0;
    return before + line;
  }
}
