import { completeHash } from './merkle.js';
import { FencedError } from '../ports/leases.js';
import type { Position } from '../ports/event-store.js';
import type { RecordChange, Records } from '../ports/records.js';
import { placeAddress, readTile, tileChange, tileHashes, type TreePlace } from './tiles.js';

interface OpenTile {
  readonly index: number;
  readonly hashes: Buffer[];
  /** Position of the last leaf, if it was added since the tile was read. */
  last: Position | null;
  isChanged: boolean;
}

function newTile(index: number, hashes: Buffer[] = []): OpenTile {
  return { index, hashes, last: null, isChanged: false };
}

/** The tree as its owner extends it: in memory only the last tile of each level. */
export class GrowingTree {
  #size: number;
  #position: Position | null;
  /** Tiles that were filled since the last commit. */
  #filled: RecordChange[] = [];
  #pending = 0;

  private constructor(
    private readonly records: Records,
    private version: number,
    place: TreePlace | null,
    /** By level. */
    private readonly open: OpenTile[],
  ) {
    this.#size = place?.size ?? 0;
    this.#position = place?.position ?? null;
  }

  /** What was committed; a tree that is lost or damaged begins anew, from the first event of the log. */
  static async load(records: Records): Promise<GrowingTree> {
    const row = await records.get(placeAddress.table, placeAddress.key);
    const place = row ? (row.value as TreePlace) : null;
    const open = place && (await openTiles(records, place));
    return new GrowingTree(records, row?.version ?? 0, open && place, open ?? []);
  }

  get size(): number {
    return this.#size;
  }

  /** How far the log was looked through; null: not at all. */
  get position(): Position | null {
    return this.#position;
  }

  /** Leaves that are not committed yet. */
  get pending(): number {
    return this.#pending;
  }

  add(leaf: Buffer, position: Position): void {
    this.#add(0, leaf, position);
    this.#size += 1;
    this.#pending += 1;
  }

  /**
   * Tiles and size together, or nothing; leaves that are added meanwhile are for the next commit. Throws FencedError if
   * somebody else has extended the tree. After a failure the tree is to be loaded again.
   */
  async commit(upTo: Position): Promise<void> {
    const value: TreePlace = { size: this.#size, position: upTo };
    const place: RecordChange = { ...placeAddress, expect: this.version === 0 ? 'none' : this.version, value };
    const edge = this.open.flatMap(({ index, hashes, last, isChanged }, level) =>
      isChanged ? [tileChange({ level, index }, hashes, last)] : [],
    );
    const changes = [place, ...this.#filled, ...edge];
    this.#filled = [];
    this.#pending = 0;
    for (const tile of this.open) tile.isChanged = false;
    const { ok } = await this.records.transact(changes);
    if (!ok) throw new FencedError('The tree is extended by somebody else.');
    this.version += 1;
    this.#position = upTo;
  }

  /** Of a tree that is not this log's: the next to load it begins anew. Throws FencedError as `commit` does. */
  async forget(): Promise<void> {
    const { ok } = await this.records.transact([{ ...placeAddress, expect: this.version, value: null }]);
    if (!ok) throw new FencedError('The tree is extended by somebody else.');
  }

  #add(level: number, hash: Buffer, last: Position | null): void {
    const tile = (this.open[level] ??= newTile(0));
    tile.hashes.push(hash);
    tile.last = last;
    tile.isChanged = true;
    if (tile.hashes.length < tileHashes) return;
    this.#filled.push(tileChange({ level, index: tile.index }, tile.hashes, tile.last));
    this.#add(level + 1, completeHash(tile.hashes), null);
    this.open[level] = newTile(tile.index + 1);
  }
}

/** The last tile of each level; null: one is not as it must be. */
async function openTiles(records: Records, { size }: TreePlace): Promise<OpenTile[] | null> {
  const open: OpenTile[] = [];
  for (let count = size; count > 0; count = Math.floor(count / tileHashes)) {
    const index = Math.floor(count / tileHashes);
    const hashes = (await readTile(records, { level: open.length, index })).slice(0, count % tileHashes);
    if (hashes.length < count % tileHashes) return null;
    open.push(newTile(index, hashes));
  }
  return open;
}
