import { isConsistent, leafHash as checkedLeafHash, rootOfInclusion } from '#verify';
import { GrowingTree } from '#lib/engine/evidence/growing-tree.js';
import { edgeHash, leafHash, nodeHash } from '#lib/engine/evidence/merkle.js';
import { StoredTree } from '#lib/engine/evidence/stored-tree.js';
import { recordsInMemory } from '../support/records.js';
import { leavesOf, naiveRoot, positionOf, treeOf } from './trees.js';

const texts = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
/** Of the reference implementation of RFC 6962, for the first so many of these leaves. */
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const most = 300;
const bitFlipped = (hash: Buffer): Buffer => Buffer.from(hash.map((byte, n) => (n === 7 ? byte ^ 4 : byte)));

describe('the tree of RFC 6962 and RFC 9162', () => {
  it('has the roots of the test vectors', async () => {
    const leaves = texts.map((hex) => leafHash(Buffer.from(hex, 'hex').toString('latin1')));
    // Bytes above 7f would be two in UTF-8; there are none.
    expect(texts.join('')).toMatch(/^([0-7].)*$/);
    const tree = await StoredTree.open(await treeOf(leaves, 3));
    for (const [size, root] of roots.entries()) expect((await tree.rootAt(size)).toString('hex')).toBe(root);
  });

  it('tells leaves from nodes, and hashes as the verifier does', () => {
    const [left, right] = [leafHash('a'), leafHash('b')];
    expect(leafHash(Buffer.concat([left, right]).toString('latin1'))).not.toEqual(nodeHash(left, right));
    expect(leafHash('Ünïcode 😀')).toEqual(checkedLeafHash('Ünïcode 😀'));
    expect(edgeHash([left])).toEqual(left);
  });
});

it('leaves that are added while a commit is under way are in the next one, also where they fill a tile', async () => {
  const [leaves, records] = [leavesOf(600), recordsInMemory()];
  const tree = await GrowingTree.load(records);
  let commit: Promise<void> = Promise.resolve();
  for (const [index, leaf] of leaves.entries()) {
    tree.add(leaf, positionOf(index + 1));
    if (index % 100 !== 50) continue;
    await commit;
    commit = tree.commit(positionOf(index + 1));
  }
  await commit;
  const sizes = [(await StoredTree.open(records)).size, tree.pending];
  await tree.commit(positionOf(600));
  const stored = await StoredTree.open(records);
  expect([...sizes, stored.size]).toEqual([551, 49, 600]);
  for (const size of [255, 256, 257, 551, 600]) {
    expect(await stored.rootAt(size)).toEqual(naiveRoot(leaves.slice(0, size)));
  }
});

describe(`a stored tree of ${most} leaves, for every size up to that`, () => {
  const leaves = leavesOf(most);
  const naive = Array.from({ length: most + 1 }, (_, size) => naiveRoot(leaves.slice(0, size)));
  const rootOf = (size: number): Buffer => naive[size] ?? Buffer.alloc(0);

  it.each([1, 7, 256, 300])('committed every %d leaves, has the root of the naive tree', async (perCommit) => {
    const tree = await StoredTree.open(await treeOf(leaves, perCommit));
    for (let size = 0; size <= most; size += 1) expect(await tree.rootAt(size)).toEqual(rootOf(size));
  });

  // Compared by hand, since there are 45,000 of each; changes are tried on every seventh.
  it('gives proofs of every leaf that lead to the root, and with nothing changed in them', async () => {
    const tree = await StoredTree.open(await treeOf(leaves, 41));
    const wrong: string[] = [];
    let proofs = 0;
    for (let size = 1; size <= most; size += 1) {
      for (const [index, leaf] of leaves.slice(0, size).entries()) {
        const path = await tree.inclusion(index, size);
        const leads = (...[hash, at, by]: readonly [Buffer, number, readonly Buffer[]]): boolean =>
          rootOfInclusion(hash, at, size, by)?.equals(rootOf(size)) === true;
        const isRight =
          leads(leaf, index, path) &&
          (proofs % 7 !== 0 ||
            (!leads(bitFlipped(leaf), index, path) &&
              (size === 1 || !leads(leaf, index === 0 ? 1 : index - 1, path)) &&
              !leads(leaf, index, [...path, leaf]) &&
              !leads(leaf, index, path.slice(1).concat(path.length === 0 ? [leaf] : [])) &&
              !leads(leaf, size, path)));
        if (!isRight) wrong.push(`${index} of ${size}`);
        proofs += 1;
      }
    }
    expect({ wrong, proofs }).toEqual({ wrong: [], proofs: (most * (most + 1)) / 2 });
  });

  it('gives proofs that it begins with every smaller one, and with nothing changed in them', async () => {
    const tree = await StoredTree.open(await treeOf(leaves, 41));
    const wrong: string[] = [];
    for (let to = 1; to <= most; to += 1) {
      for (let from = 1; from <= to; from += 1) {
        const path = await tree.consistency(from, to);
        const [old, young] = [rootOf(from), rootOf(to)];
        const isRight =
          isConsistent(from, to, old, young, path) &&
          ((to * to + from) % 7 !== 0 ||
            (!isConsistent(from, to, bitFlipped(old), young, path) &&
              !isConsistent(from, to, old, bitFlipped(young), path) &&
              !isConsistent(from, to, old, young, [...path, old]) &&
              (path.length === 0 || !isConsistent(from, to, old, young, path.slice(1)))));
        if (!isRight) wrong.push(`${from} in ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('and a tree of several levels of tiles too', async () => {
    const many = leavesOf(66_000);
    const tree = await StoredTree.open(await treeOf(many, 20_000));
    for (const size of [255, 256, 257, 65_535, 65_536, 65_537, 66_000]) {
      const root = naiveRoot(many.slice(0, size));
      expect(await tree.rootAt(size)).toEqual(root);
      const index = size - 2;
      const leaf = many[index] ?? root;
      expect(rootOfInclusion(leaf, index, size, await tree.inclusion(index, size))).toEqual(root);
      const path = await tree.consistency(size, 66_000);
      expect(isConsistent(size, 66_000, root, await tree.rootAt(66_000), path)).toBe(true);
    }
  });
});
