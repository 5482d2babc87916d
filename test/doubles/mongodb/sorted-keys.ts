const blockSize = 512;

/** A set of texts in order (by code units), in blocks, so that adding one among many moves few. */
export class SortedKeys {
  private readonly blocks: string[][] = [[]];

  add(key: string): void {
    const index = this.blockOf(key);
    const block = this.blocks[index] ?? [];
    const at = lowerBound(block, key);
    if (block[at] === key) return;
    block.splice(at, 0, key);
    if (block.length > blockSize) this.blocks.splice(index + 1, 0, block.splice(blockSize / 2));
  }

  delete(key: string): void {
    const index = this.blockOf(key);
    const block = this.blocks[index] ?? [];
    const at = lowerBound(block, key);
    if (block[at] !== key) return;
    block.splice(at, 1);
    if (block.length === 0 && this.blocks.length > 1) this.blocks.splice(index, 1);
  }

  /** Those from `from` on and before `to`, in order or in reverse. The set must not change meanwhile. */
  *range(from: string, to: string, isReverse: boolean): Generator<string> {
    if (isReverse) {
      for (let index = this.blockOf(to); index >= 0; index -= 1) {
        const block = this.blocks[index] ?? [];
        for (let at = lowerBound(block, to) - 1; at >= 0; at -= 1) {
          const key = block[at] ?? '';
          if (key < from) return;
          yield key;
        }
      }
      return;
    }
    for (let index = this.blockOf(from); index < this.blocks.length; index += 1) {
      const block = this.blocks[index] ?? [];
      for (let at = lowerBound(block, from); at < block.length; at += 1) {
        const key = block[at] ?? '';
        if (key >= to) return;
        yield key;
      }
    }
  }

  /** The last block that begins at or before the key. */
  private blockOf(key: string): number {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.blocks[middle]?.[0] ?? '') <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound(block: readonly string[], key: string): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((block[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
