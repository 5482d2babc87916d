import { completeHash, hashBytes, type Node } from './merkle.js';
import type { Position } from '../ports/event-store.js';
import { valueAt, type RecordChange, type Records } from '../ports/records.js';

/**
 * The tree is kept as tiles of 256 hashes, as https://c2sp.org/tlog-tiles has them: those of level 0 hold the leaves'
 * hashes, those of each further level the roots of 256 hashes each below them. A full tile never changes, and the last
 * one of a level only grows, so a smaller tree can be read out of a larger one. Derived from the log: never exported.
 */
export const evidenceTable = 'evidence';

export const tileHashes = 256;
const levelsPerTile = 8;

/** How far the tree is. Its version in the records is what an owner that woke up late is fenced by. */
export interface TreePlace {
  /** Leaves, which are the first events of the log. */
  readonly size: number;
  /** How far the log was looked through. */
  readonly position: Position;
}

export const placeAddress = { table: evidenceTable, key: 'tree' } as const;

/** A part of the tree is not there, or cut. It follows from the log: forget the tree, and it is built anew. */
export class TreeDamagedError extends Error {}

interface TileAddress {
  readonly level: number;
  readonly index: number;
}

interface StoredTile {
  /** Base64, one after the other. */
  readonly hashes: string;
}

function tileKey({ level, index }: TileAddress): string {
  return `${level}/${String(index).padStart(12, '0')}`;
}

/** `last`: the position of the last leaf of a tile of level 0, by which the tile of an event is found. */
export function tileChange(address: TileAddress, hashes: readonly Buffer[], last: Position | null): RecordChange {
  const value: StoredTile = { hashes: Buffer.concat(hashes).toString('base64') };
  return { table: evidenceTable, key: tileKey(address), expect: 'any', sort: last, value };
}

function hashesIn({ hashes }: StoredTile): Buffer[] {
  const bytes = Buffer.from(hashes, 'base64');
  return Array.from({ length: bytes.length / hashBytes }, (_, n) => bytes.subarray(n * hashBytes, (n + 1) * hashBytes));
}

/** The tile's hashes; none if it is not there. */
export async function readTile(records: Pick<Records, 'get'>, address: TileAddress): Promise<Buffer[]> {
  const tile = await valueAt<StoredTile>(records, { table: evidenceTable, key: tileKey(address) });
  return tile ? hashesIn(tile) : [];
}

export interface LeafTile {
  readonly firstIndex: number;
  readonly hashes: readonly Buffer[];
}

/** The tile that holds the leaf of the event at a position; null: the tree has not come so far. */
export async function leafTileAt(records: Pick<Records, 'list'>, position: Position): Promise<LeafTile | null> {
  const [row] = await records.list({ table: evidenceTable, after: position, afterKey: '', limit: 1 });
  if (!row) return null;
  const index = Number(row.key.slice(row.key.indexOf('/') + 1));
  return { firstIndex: index * tileHashes, hashes: hashesIn(row.value as StoredTile) };
}

/** Where the hashes stand that a node is made of. */
function placeOf({ level, index }: Node) {
  const within = level % levelsPerTile;
  const first = index * 2 ** within;
  return {
    tile: { level: Math.floor(level / levelsPerTile), index: Math.floor(first / tileHashes) },
    from: first % tileHashes,
    count: 2 ** within,
  };
}

/** Reads nodes out of tiles; each tile is read once, and each node put together once. */
export class Tiles {
  readonly #tiles = new Map<string, Promise<Buffer[]>>();
  readonly #nodes = new Map<string, Promise<Buffer>>();

  constructor(private readonly records: Pick<Records, 'get'>) {}

  /** Throws TreeDamagedError. */
  node(node: Node): Promise<Buffer> {
    return known(this.#nodes, `${node.level}/${node.index}`, () => this.#make(node));
  }

  async #make(node: Node): Promise<Buffer> {
    const { tile, from, count } = placeOf(node);
    const key = tileKey(tile);
    const hashes = await known(this.#tiles, key, () => readTile(this.records, tile));
    if (hashes.length < from + count) throw damaged(key);
    return completeHash(hashes.slice(from, from + count));
  }
}

function damaged(key: string): TreeDamagedError {
  return new TreeDamagedError(`The tree's tile ${key} is missing or cut.`);
}

/** Throws TreeDamagedError if the tile before this one is not there. */
export async function requireTileBefore(records: Pick<Records, 'get'>, { firstIndex }: LeafTile): Promise<void> {
  const before = { level: 0, index: firstIndex / tileHashes - 1 };
  if (before.index >= 0 && (await readTile(records, before)).length < tileHashes) throw damaged(tileKey(before));
}

function known<T>(all: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = all.get(key) ?? make();
  all.set(key, value);
  return value;
}
