import { canonicalJson } from '../model/canonical.js';
import { sha256 } from '../sha256.js';
import type { Recorded } from '../model/envelope.js';

/**
 * The Merkle tree of RFC 9162, section 2.1. A node is named by its level and its index there: it stands for 2^level
 * leaves, which are all there. What stands at the right edge of a tree is put together from such nodes.
 */
export interface Node {
  readonly level: number;
  readonly index: number;
}

/** Some leaves that stand beside each other: `from` belongs to them, `to` does not. */
export interface Leaves {
  readonly from: number;
  readonly to: number;
}

export const hashBytes = 32;

/** What a leaf stands for: the event's canonical JSON without its position, so that it is the same in every copy of the log. */
export function leafOf({ stream, revision, id, type, data, meta }: Recorded): string {
  return canonicalJson({ stream, revision, id, type, data, meta });
}

/** Of a zero byte and the leaf's UTF-8. */
export function leafHash(leaf: string): Buffer {
  return bytesOf(sha256(`\0${leaf}`));
}

export function nodeHash(left: Buffer, right: Buffer): Buffer {
  return bytesOf(sha256(Buffer.concat([Buffer.of(1), left, right])));
}

/** A buffer that OpenSSL fills by itself costs more than hashing; one out of Node's pool does not. */
function bytesOf(hash: string): Buffer {
  return Buffer.from(hash, 'hex');
}

/** Of a tree without leaves. */
export const emptyRoot = bytesOf(sha256(''));

/** Hash of nodes that stand beside each other, each smaller than the one before it. */
export function edgeHash(nodes: readonly Buffer[]): Buffer {
  return nodes.length === 0 ? emptyRoot : nodes.reduceRight((right, left) => nodeHash(left, right));
}

/** Hash of as many neighbours as a power of two says. */
export function completeHash(neighbours: readonly Buffer[]): Buffer {
  let row = neighbours;
  while (row.length > 1) {
    row = row.flatMap((left, index) => {
      const right = row[index + 1];
      return index % 2 === 0 && right ? [nodeHash(left, right)] : [];
    });
  }
  const [root] = row;
  if (!root) throw new Error('There is nothing to hash.');
  return root;
}

/** The nodes that stand for leaves of which the first is where a tree could begin: largest first. */
export function nodesOf({ from, to }: Leaves): Node[] {
  const nodes: Node[] = [];
  for (let at = from; at < to;) {
    const level = Math.floor(Math.log2(to - at));
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** What proves that a leaf stands at an index of a tree: leaves whose hashes lead to the root, from the bottom up. */
export function inclusionOf(index: number, size: number): Leaves[] {
  const path: Leaves[] = [];
  let whole: Leaves = { from: 0, to: size };
  while (whole.to - whole.from > 1) {
    const [left, right] = halvesOf(whole);
    const isLeft = index < left.to;
    path.unshift(isLeft ? right : left);
    whole = isLeft ? left : right;
  }
  return path;
}

/** What proves that a tree begins with all leaves of a smaller one, which has at least one. */
export function consistencyOf(from: number, to: number): Leaves[] {
  const path: Leaves[] = [];
  let whole: Leaves = { from: 0, to };
  while (whole.to !== from) {
    const [left, right] = halvesOf(whole);
    const isLeft = from <= left.to;
    path.unshift(isLeft ? right : left);
    whole = isLeft ? left : right;
  }
  // Who asks knows the hash of the smaller tree.
  return whole.from === 0 ? path : [whole, ...path];
}

function halvesOf({ from, to }: Leaves): [left: Leaves, right: Leaves] {
  const count = to - from;
  const half = 2 ** (Math.ceil(Math.log2(count)) - 1);
  return [
    { from, to: from + half },
    { from: from + half, to },
  ];
}
