import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';

export interface WrittenHead {
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

/**
 * Signed heads, one after the other, for a medium that whoever can change the stores cannot change. Begins with the
 * public key; only ever added to, so the file may be one that the system allows nothing else with.
 */
export class HeadsFile {
  constructor(
    private readonly path: string,
    private readonly key: { readonly origin: string; readonly publicKey: string },
  ) {}

  /** The largest head of this key; null: there is none. Its signature is left to whoever verifies. */
  async last(): Promise<WrittenHead | null> {
    const heads = await this.#heads();
    return heads.reduce<WrittenHead | null>((last, head) => (last && last.size >= head.size ? last : head), null);
  }

  /** Resolves when it is on the disk. */
  async add(note: string): Promise<void> {
    const file = await open(this.path, 'a', 0o644);
    try {
      const isNew = (await file.stat()).size === 0;
      // The empty line before it closes what a full disk may have cut off.
      await file.appendFile(`${isNew ? this.key.publicKey : ''}\n\n${note}`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #heads(): Promise<readonly WrittenHead[]> {
    if (!existsSync(this.path)) return [];
    const lines = (await readFile(this.path, 'utf8')).split('\n');
    return lines.flatMap((line, at) => {
      const [size, root] = [lines[at + 1] ?? '', lines[at + 2] ?? ''];
      const isSigned = lines[at + 4]?.startsWith(`— ${this.key.origin} `);
      return line === this.key.origin && isSigned ? { size: Number(size), root } : [];
    });
  }
}
