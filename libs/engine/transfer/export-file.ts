import { createHash } from 'node:crypto';
import { blockLimits, format, longestLineBytes, TransferError } from './format.js';
import type { Check, End, EventLine, Header, Line, Origin, RecordLine, TransferCounts } from './format.js';

/** Lines that were checked. `bytes`: how much of the file was read up to here. */
export type Block = { readonly bytes: number } & (
  | { readonly kind: 'header'; readonly lines: readonly Header[] }
  | { readonly kind: 'record'; readonly lines: readonly RecordLine[] }
  | { readonly kind: 'event'; readonly lines: readonly EventLine[] }
);

/** An export whose header was read and checked. */
export interface ExportFile {
  readonly header: Header;
  readonly origin: Origin;
  /** To be read once. Throws TransferError at the first block that is not as it was written, and if the end is missing. */
  readonly blocks: AsyncIterable<Block>;
}

const again = 'Copy the file again; if it is the same then, make the export again.';

/** Begins to read an export. Throws TransferError if it is none, or of a build that writes another format. */
export async function openExport(source: AsyncIterable<Uint8Array>): Promise<ExportFile> {
  const blocks = checkedBlocks(source);
  const first = await blocks.next();
  const header = first.done || first.value.kind !== 'header' ? undefined : first.value.lines[0];
  if (!header) throw noExport();
  const origin = {
    name: `the export of ${header.exportedAt}`,
    goOn: 'Run `seatledger import` with the same file again: it goes on where it stopped.',
  };
  return { header, origin, blocks };
}

async function* checkedBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Block, void> {
  const reader = new BlockReader();
  for await (const chunk of source) yield* reader.push(chunk);
  reader.close();
}

/** Takes the file's bytes as they come and gives back the blocks that are whole and unchanged. */
class BlockReader {
  readonly #hash = createHash('sha256');
  #rest: Buffer = Buffer.alloc(0);
  #line = 0;
  #bytes = 0;
  #block: Exclude<Line, Check | End>[] = [];
  #counts: TransferCounts = { records: 0, events: 0 };
  #hasHeader = false;
  #hasEnded = false;

  *push(chunk: Uint8Array): Generator<Block> {
    const bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let to = bytes.indexOf('\n'); to >= 0; to = bytes.indexOf('\n', from)) {
      const block = this.#take(bytes.subarray(from, to + 1));
      from = to + 1;
      if (block) yield block;
    }
    this.#rest = bytes.subarray(from);
    if (this.#rest.length > longestLineBytes) throw this.#hasHeader ? this.#damaged('has no end') : noExport();
  }

  close(): void {
    if (this.#hasEnded && this.#rest.length === 0) return;
    if (this.#hasEnded) throw this.#damaged('stands behind the end');
    throw new TransferError(`The file ends after line ${this.#line}, before its end: it was cut off. ${again}`);
  }

  #take(bytes: Buffer): Block | null {
    this.#line += 1;
    if (this.#hasEnded) throw this.#damaged('stands behind the end');
    const line = this.#parse(bytes);
    if (!this.#hasHeader) requireHeader(line);
    this.#hasHeader = true;
    const isClosing = line.kind === 'check' || line.kind === 'end';
    if (isClosing && this.#hash.copy().digest('hex') !== line.sha256)
      throw this.#damaged('or one before it was changed');
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    if (line.kind === 'check') return this.#close();
    if (line.kind === 'end') this.#end(line);
    else this.#add(line);
    return null;
  }

  #parse(bytes: Buffer): Line {
    try {
      const line: unknown = JSON.parse(bytes.toString());
      if (typeof line === 'object' && line !== null && 'kind' in line) return line as Line;
    } catch {
      // Below: what is no JSON is damaged, or no export at all.
    }
    throw this.#hasHeader ? this.#damaged('is no line of an export') : noExport();
  }

  #add(line: Exclude<Line, Check | End>): void {
    const kind = this.#block[0]?.kind ?? line.kind;
    if (line.kind !== kind || this.#block.length >= blockLimits.lines) throw this.#damaged('should be a check');
    this.#block.push(line);
  }

  #close(): Block {
    const lines = this.#block;
    const { records, events } = this.#counts;
    const kind = lines[0]?.kind;
    if (kind === 'record') this.#counts = { records: records + lines.length, events };
    if (kind === 'event') this.#counts = { records, events: events + lines.length };
    this.#block = [];
    return { kind, lines, bytes: this.#bytes } as Block;
  }

  #end({ records, events }: End): void {
    if (this.#block.length > 0 || records !== this.#counts.records || events !== this.#counts.events) {
      throw this.#damaged('ends more or less than there was');
    }
    this.#hasEnded = true;
  }

  #damaged(what: string): TransferError {
    return new TransferError(`The file was changed or damaged: line ${this.#line} ${what}. ${again}`);
  }
}

function noExport(): TransferError {
  return new TransferError(`This is no export of Seatledger, or its beginning is damaged. ${again}`);
}

function requireHeader(line: Line): void {
  if (line.kind !== 'header' || line.format !== format.name) {
    throw noExport();
  }
  if (line.version !== format.version) {
    throw new TransferError(
      `This export is written in version ${line.version} of the format, and this build reads version ${format.version}. ` +
        'Import it with the build that made it, or export it again with this one.',
    );
  }
}
