import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifierFile, verifyBundle, verifyExport, verifyReceipts, type Fault } from '#verify';
import { HeadSigner } from '#lib/engine/evidence/head-signer.js';
import { leafOf } from '#lib/engine/evidence/merkle.js';
import { StoredTree } from '#lib/engine/evidence/stored-tree.js';
import { receiptText } from '#lib/engine/queries/receipt.js';
import { Chance } from '#lib/histories/chance.js';
import { newFolder } from '../support/sqlite.js';
import { historyOf, leafHashes, treeOf } from './trees.js';

const count = 16;
const signer = new HeadSigner('secret');
const history = historyOf(count);
const exportLines = history.map((event) => JSON.stringify({ kind: 'event', ...event }));

/** The events by stream and revision, as bundles have them. */
const sorted = history
  .map((event, index) => ({ event, index }))
  .sort((a, b) => a.event.stream.localeCompare(b.event.stream) || a.index - b.index);

/** Answers as they were kept, with their receipts. */
const answers = [true, false].map((allowed) => {
  const [position, answer] = ['f00f.0012', { allowed, message: 'Ünd so – weiter.' }];
  const asked = { query: 'Check', input: {}, caller: {}, now: '2026-03-01T12:00:00.000Z', position, policy: 1, answer };
  return JSON.stringify({ ...answer, position, receipt: signer.signReceipt(receiptText(asked)) });
});

let heads: string;
let bundle: ReadonlyMap<string, string>;
beforeAll(async () => {
  const tree = await StoredTree.open(await treeOf(leafHashes(history), 5));
  const signed = async (size: number) => signer.sign(size, await tree.rootAt(size)).note;
  const notes = await Promise.all([5, 11, count].map(signed));
  heads = `${signer.publicKey}\n\n${notes.join('\n')}`;
  const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'));
  const proofs = await Promise.all(
    sorted.map(async ({ index }) => JSON.stringify({ index, path: base64(await tree.inclusion(index, count)) })),
  );
  const consistency = await Promise.all(
    [5, 11].map(async (from) => ({ from, to: count, path: base64(await tree.consistency(from, count)) })),
  );
  const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
  bundle = new Map([
    ['key.txt', `${signer.publicKey}\n`],
    ['head.txt', await signed(count)],
    ['events.ndjson', lines(sorted.map(({ event }) => leafOf(event)))],
    ['proofs.ndjson', lines(proofs)],
    ['heads.txt', heads],
    ['consistency.ndjson', lines(consistency.map((proof) => JSON.stringify(proof)))],
  ]);
});

const bundleWith = (files: Readonly<Record<string, string>>, own: string | null = null) =>
  verifyBundle((name) => files[name] ?? bundle.get(name) ?? null, own);

it('finds nothing wrong with what nobody changed', async () => {
  const { faults, facts } = await verifyExport(exportLines, heads);
  expect([faults, facts.at(-1)]).toEqual([[], '16 events, 3 heads; the first 16 are as they were signed.']);
  expect(bundleWith({}).faults).toEqual([]);
  expect(bundleWith({}, heads).faults).toEqual([]);
});

it('reads a file whatever its texts hold, as a program with exit codes', () => {
  const [file, kept] = ['export', 'heads.txt'].map((name) => join(newFolder(), name));
  if (file === undefined || kept === undefined) throw new Error('There are no files.');
  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [verifierFile, ...args], { encoding: 'utf8' });
    return { status, last: (stdout + stderr).trim().split('\n').at(-1) };
  };
  writeFileSync(file, exportLines.map((line) => `${line}\n`).join(''));
  writeFileSync(kept, heads);
  expect(exportLines.join('')).toContain('\u2028');
  expect(run(file, kept)).toEqual({ status: 0, last: 'Everything holds.' });
  writeFileSync(file, exportLines.slice(1).join('\n'));
  expect(run(file, kept)).toMatchObject({ status: 1, last: expect.stringMatching(/^It does not hold: /) as string });
  expect(run(file)).toMatchObject({ status: 2, last: expect.stringMatching(/^node verify.mjs <folder/) as string });
  writeFileSync(file, `${answers[0]}\n`);
  expect(run(file, kept)).toEqual({ status: 0, last: 'Everything holds.' });
});

describe('receipts', () => {
  const faultsOf = async (lines: readonly string[], key = signer.publicKey) =>
    (await verifyReceipts(lines, key)).faults.map(({ line, what }) => `${line ?? '–'}: ${what}`);
  const unsigned = '1: has a receipt that was not signed with this key, or was changed.';

  it('are as they were signed, by the key or the heads file alone', async () => {
    const { facts, faults } = await verifyReceipts([...answers, ''], heads);
    const told = '2 receipts, signed by this installation, with the answers beside them.';
    expect([faults, facts]).toEqual([[], [`Public key: ${signer.publicKey}`, told]]);
    expect(await faultsOf(answers)).toEqual([]);
  });

  it('are not believed if they or the answer beside them were changed in any character', async () => {
    const [answer = ''] = answers;
    const missed: string[] = [];
    for (let at = 0; at < answer.length; at += 1) {
      const edited = answer.slice(0, at) + (answer[at] === '7' ? '8' : '7') + answer.slice(at + 1);
      if ((await faultsOf([edited])).length !== 1) missed.push(edited);
    }
    expect(missed).toEqual([]);
    const more = JSON.stringify({ ...(JSON.parse(answer) as object), code: 'ACTIVE' });
    expect(await faultsOf([more])).toEqual(['1: tells another answer than its receipt.']);
  });

  it('are none of another installation, nor a head, nor anything else', async () => {
    expect(await faultsOf(answers.slice(1), new HeadSigner('another secret').publicKey)).toEqual([unsigned]);
    const head = signer.sign(count, Buffer.alloc(32)).note;
    expect(await faultsOf([JSON.stringify({ receipt: head })])).toEqual([unsigned]);
    const none = '1: is no answer with a receipt.';
    for (const line of ['no JSON', 'null', '7', '[]', '{}', '{"receipt":7}'])
      expect(await faultsOf([line])).toEqual([none]);
    for (const lines of [[], ['', ' ']]) {
      expect(await faultsOf(lines)).toEqual(['–: There is no answer with a receipt: nothing is proven.']);
    }
    expect(await faultsOf(answers, 'no key')).toEqual([
      '–: There is no public key, or one that was changed: nothing can be checked.',
    ]);
  });
});

/** What a history became, and the first line from the beginning, counted from 0, that is not as it was. */
interface Changed {
  readonly what: string;
  readonly lines: readonly string[];
  readonly at: number;
}

/** An edit of one place, a removal, a swap of two events, or a cut; what was changed is not what it was. */
function change(lines: readonly string[], chance: Chance): Changed {
  const at = chance.number(lines.length);
  const line = lines[at] ?? '';
  switch (chance.number(4)) {
    case 0: {
      // Digits and letters of values and names alike; what is no JSON any more is found too.
      const places = [...line.matchAll(/[0-9a-z]/g)].map(({ index }) => index);
      const place = places[chance.number(places.length)] ?? 0;
      const other = line[place] === '7' ? '8' : '7';
      const edited = line.slice(0, place) + other + line.slice(place + 1);
      return { what: `edit ${at}, ${place}`, lines: lines.with(at, edited), at };
    }
    case 1:
      return { what: `removal ${at}`, lines: lines.toSpliced(at, 1), at };
    case 2: {
      const other = (at + 1 + chance.number(lines.length - 1)) % lines.length;
      const swapped = lines.with(at, lines[other] ?? '').with(other, line);
      return { what: `swap ${at}, ${other}`, lines: swapped, at: Math.min(at, other) };
    }
    default:
      return { what: `cut ${at}`, lines: lines.slice(0, at), at };
  }
}

/** Lines that a fault speaks of, counted from 0. */
function range({ line, what }: Fault): readonly [from: number, to: number] {
  const [, from, to] = /\(lines (\d+) to (\d+)\)/.exec(what) ?? [];
  if (from !== undefined && to !== undefined) return [Number(from) - 1, Number(to) - 1];
  const [, since] = /^The file ends .* [(]line (\d+)[)]/.exec(what) ?? [];
  if (since !== undefined) return [Number(since) - 1, Infinity];
  return line === null ? [Infinity, -Infinity] : [line - 1, line - 1];
}

describe('10,000 random edits, removals, swaps and cuts of a history', () => {
  const seed = Date.now() % 2 ** 31;

  it(`5,000 of an export are all found, with the position (seed ${seed})`, async () => {
    const chance = new Chance(seed);
    const missed: string[] = [];
    for (let n = 0; n < 5_000; n += 1) {
      const { what, lines, at } = change(exportLines, chance);
      const { faults } = await verifyExport(lines, heads);
      const ranges = faults.map(range);
      // The first head over what was changed says between which two heads, unless the line itself shows it.
      const isFound = ranges.some(([from, to]) => from <= at && at <= to);
      if (!isFound) missed.push(`${what}: ${JSON.stringify(faults)}`);
    }
    expect(missed).toEqual([]);
  }, 60_000);

  it(`5,000 of a bundle are all found, with the line (seed ${seed})`, () => {
    const chance = new Chance(seed + 1);
    const [events, proofs] = ['events.ndjson', 'proofs.ndjson'].map(
      (name) => bundle.get(name)?.trim().split('\n') ?? [],
    );
    const missed: string[] = [];
    for (let n = 0; n < 5_000; n += 1) {
      const isOfProofs = chance.share() < 0.3;
      const { what, lines, at } = change((isOfProofs ? proofs : events) ?? [], chance);
      const { faults } = bundleWith({ [isOfProofs ? 'proofs.ndjson' : 'events.ndjson']: `${lines.join('\n')}\n` });
      // What was taken off the end is missing against the other file.
      const isFound = faults.some(({ line }) => line === at + 1) || (at >= lines.length && faults.length > 0);
      if (!isFound) missed.push(`${what}: ${JSON.stringify(faults)}`);
    }
    expect(missed).toEqual([]);
  }, 60_000);
});

describe('a bundle is not believed', () => {
  const faultsOf = (files: Readonly<Record<string, string>>, own: string | null = null) =>
    bundleWith(files, own).faults.map(({ what }) => what);
  const without = (name: string, index: number) =>
    (bundle.get(name) ?? '')
      .split('\n')
      .filter((_, line) => line !== index)
      .join('\n');

  it('without an event in the middle of a stream, though its proof is gone too', () => {
    const faults = faultsOf({
      'events.ndjson': without('events.ndjson', 2),
      'proofs.ndjson': without('proofs.ndjson', 2),
    });
    expect(faults).toEqual(['is tally-0@3 where @2 must stand.']);
  });

  it('with the key or the head of somebody else', async () => {
    const other = new HeadSigner('another secret');
    const forged = other.sign(count, Buffer.alloc(32)).note;
    expect(faultsOf({ 'head.txt': forged })).toEqual(['head.txt is not signed with this key.']);
    expect(faultsOf({ 'key.txt': other.publicKey }, heads)).toEqual(['key.txt holds another public key.']);
    const [origin = '', ...rest] = signer.publicKey.split('+');
    expect(faultsOf({ 'key.txt': [origin.replace(/.$/, 'x'), ...rest].join('+'), 'heads.txt': '' })).toEqual([
      'There is no public key, or one that was changed: nothing can be checked.',
    ]);
  });

  it('where the history of a head that was kept elsewhere is not in it', async () => {
    const [root] = leafHashes(history);
    const kept = `${signer.publicKey}\n\n${signer.sign(5, root ?? Buffer.alloc(32)).note}`;
    expect(faultsOf({}, kept)).toEqual(['Nothing proves that the history of the head of 5 events is still there.']);
    expect(faultsOf({ 'consistency.ndjson': without('consistency.ndjson', 1) })).toEqual([
      'Nothing proves that the history of the head of 11 events is still there.',
    ]);
  });

  it('nor is an export without heads, or with pieces that nobody signed', async () => {
    const none = await verifyExport(exportLines, signer.publicKey);
    expect(none.faults).toEqual([{ line: null, what: 'There is no signed head: nothing is proven.' }]);
    const cut = await verifyExport(exportLines, `${heads}\n\n${heads.split('\n').slice(2, 4).join('\n')}`);
    expect(cut.faults).toEqual([]);
    expect(cut.facts).toContain('Not signed with this key, and ignored: 1 piece of the heads file.');
  });
});
