import { addressOf } from '../model/envelope.js';
import type { StoredEvent } from '../ports/event-store.js';
import { valueAt, type Records } from '../ports/records.js';
import { consistencyOf, edgeHash, inclusionOf, leafHash, leafOf, nodesOf, type Leaves } from './merkle.js';
import { leafTileAt, placeAddress, requireTileBefore, Tiles, type LeafTile, type TreePlace } from './tiles.js';

/** What stands in the log now is not what was entered into the tree: one of the two was changed. */
export class HistoryChangedError extends Error {}

/** The tree as it is stored at an instant, for whoever asks for proofs. Hashes of proofs stand from the bottom up. */
export class StoredTree {
  readonly #tiles: Tiles;
  #near: LeafTile | null = null;

  private constructor(
    private readonly records: Records,
    /** Proofs can be asked for in any tree of at most so many leaves. */
    readonly size: number,
  ) {
    this.#tiles = new Tiles(records);
  }

  static async open(records: Records): Promise<StoredTree> {
    const place = await valueAt<TreePlace>(records, placeAddress);
    return new StoredTree(records, place?.size ?? 0);
  }

  /** Forgets the tree that is stored: whoever extends it begins anew with the first event of the log. */
  static async forget(records: Records): Promise<void> {
    const row = await records.get(placeAddress.table, placeAddress.key);
    if (row) await records.transact([{ ...placeAddress, expect: row.version, value: null }]);
  }

  rootAt(size: number): Promise<Buffer> {
    return this.#hashOf({ from: 0, to: size });
  }

  inclusion(index: number, size: number): Promise<Buffer[]> {
    return this.#hashesOf(inclusionOf(index, size));
  }

  /** That the tree of `to` leaves begins with that of `from`; 1 ≤ from ≤ to. */
  consistency(from: number, to: number): Promise<Buffer[]> {
    return this.#hashesOf(consistencyOf(from, to));
  }

  /** Which leaf an event is; null: it is not entered yet. Throws HistoryChangedError if another stands in its place, or TreeDamagedError. */
  async indexOf(event: StoredEvent): Promise<number | null> {
    const hash = leafHash(leafOf(event));
    const isLeaf = (other: Buffer): boolean => other.equals(hash);
    if (!this.#near?.hashes.some(isLeaf)) this.#near = await leafTileAt(this.records, event.position);
    if (!this.#near) return null;
    const { firstIndex, hashes } = this.#near;
    const found = hashes.findIndex(isLeaf);
    // An event of a tile that is lost is looked for in the next one.
    if (found < 0) await requireTileBefore(this.records, this.#near);
    if (found < 0) throw new HistoryChangedError(`${addressOf(event)} is not what was entered into the tree.`);
    return firstIndex + found < this.size ? firstIndex + found : null;
  }

  async #hashesOf(path: readonly Leaves[]): Promise<Buffer[]> {
    const hashes: Buffer[] = [];
    for (const leaves of path) hashes.push(await this.#hashOf(leaves));
    return hashes;
  }

  async #hashOf(leaves: Leaves): Promise<Buffer> {
    return edgeHash(await Promise.all(nodesOf(leaves).map((node) => this.#tiles.node(node))));
  }
}
