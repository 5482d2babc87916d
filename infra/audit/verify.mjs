/**
 * Checks evidence of Seatledger's log, and receipts of its answers, with nothing but Node and this file:
 *
 *     node verify.mjs <folder of an evidence bundle> [<heads file>]
 *     node verify.mjs <export> <heads file>
 *     node verify.mjs <answers with their receipts, one a line> <heads file, or key.txt of a bundle>
 *
 * A heads file that you have kept yourself proves most: a bundle's own key and heads are only as good as who gave it to
 * you. Exit codes: 0 everything holds; 1 something does not; 2 wrong usage. The tree is that of RFC 9162, section 2.1;
 * heads are checkpoints (https://c2sp.org/tlog-checkpoint) in signed notes (https://c2sp.org/signed-note).
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const verifierFile = fileURLToPath(import.meta.url);

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
export const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);
const isOdd = (number) => number % 2 === 1;
const half = (number) => Math.floor(number / 2);

/** Of each hash of a path up from a place, whether it stands left of what leads there; null: the path does not fit. */
function sidesOf(path, place, last) {
  const sides = [];
  while (sides.length < path.length) {
    if (last === 0) return null;
    const isLeft = isOdd(place) || place === last;
    sides.push(isLeft);
    for (; isLeft && !isOdd(place) && place !== 0; last = half(last)) place = half(place);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? sides : null;
}

/** The root to which a leaf's hash and its path lead (RFC 9162, 2.1.3.2); null: the path does not fit. */
export function rootOfInclusion(leaf, index, size, path) {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) return null;
  const sides = sidesOf(path, index, size - 1);
  return sides && rootAbove(leaf, path, sides);
}

const rootAbove = (first, path, sides) =>
  path.reduce((root, hash, n) => (sides[n] ? nodeHash(hash, root) : nodeHash(root, hash)), first);

/** Whether the tree of `to` leaves begins with that of `from` (RFC 9162, 2.1.4.2). */
export function isConsistent(from, to, fromRoot, toRoot, path) {
  if (from === to) return path.length === 0 && fromRoot.equals(toRoot);
  if (!(from > 0 && from < to)) return false;
  const [first, ...rest] = Number.isInteger(Math.log2(from)) ? [fromRoot, ...path] : path;
  let [place, last] = [from - 1, to - 1];
  for (; isOdd(place); last = half(last)) place = half(place);
  const sides = first && sidesOf(rest, place, last);
  if (!sides) return false;
  const old = rest.reduce((root, hash, n) => (sides[n] ? nodeHash(hash, root) : root), first);
  return old.equals(fromRoot) && rootAbove(first, rest, sides).equals(toRoot);
}

/** A tree that leaves are added to; it keeps the roots of its complete parts, the largest first. */
class Tree {
  size = 0;
  #parts = [];

  add(leaf) {
    let hash = leafHash(leaf);
    for (let rest = this.size; isOdd(rest); rest = half(rest)) hash = nodeHash(this.#parts.pop(), hash);
    this.#parts.push(hash);
    this.size += 1;
  }

  get root() {
    return this.size === 0 ? sha256('') : this.#parts.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** JSON with one form for one value (RFC 8785). */
function canonical(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

const beforeRawKey = Buffer.from('302a300506032b6570032100', 'hex');
const keyForm = /^seatledger\/([0-9a-f]{32})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/m;
const headForm = /^(seatledger\/[0-9a-f]{32}\n([1-9]\d{0,14})\n([A-Za-z0-9+/=]{44})\n)\n— (\S+) (\S+)\n/gm;
const receiptForm = /^((receipt of seatledger\/[0-9a-f]{32})\n([^\n]+)\n)\n— (\S+) (\S+)\n?$/;

/** The key in a text; null: there is none, or not the one of which its name holds the hash. */
export function keyIn(text) {
  const [line, name, id, typed] = keyForm.exec(text) ?? [];
  if (!line) return null;
  const [bytes, origin] = [Buffer.from(typed, 'base64'), `seatledger/${name}`];
  const [algorithm, raw] = [bytes[0], bytes.subarray(1)];
  const isNamed = sha256(raw).toString('hex', 0, 16) === name;
  const isIdentified = sha256(`${origin}\n`, bytes).toString('hex', 0, 4) === id;
  if (algorithm !== 1 || raw.length !== 32 || !isNamed || !isIdentified) return null;
  const key = createPublicKey({ key: Buffer.concat([beforeRawKey, raw]), format: 'der', type: 'spki' });
  return { line, origin, id: Buffer.from(id, 'hex'), key };
}

/** Whether the last line of a note, a name and a signature, stands for this key and for what is above it. */
function isSigned(text, name, signature, { origin, id, key }) {
  const bytes = Buffer.from(signature, 'base64');
  const isOurs = name === origin && isBase64(signature) && bytes.subarray(0, 4).equals(id);
  return isOurs && verify(null, Buffer.from(text), key, bytes.subarray(4));
}

/** The heads in a text that this key has signed, and how many pieces of it are something else. */
export function headsIn(text, key) {
  const heads = [];
  const rest = text.replace(headForm, (whole, signed, size, root, name, signature) => {
    if (!signed.startsWith(`${key.origin}\n`) || !isSigned(signed, name, signature, key)) return whole;
    heads.push({ size: Number(size), root: Buffer.from(root, 'base64') });
    return '';
  });
  const pieces = rest.replace(keyForm, '').split(/\n\n+/);
  return { heads: heads.sort((a, b) => a.size - b.size), others: pieces.filter((piece) => piece.trim()).length };
}

/** A new report (facts are texts; a fault may name a line), and key and heads of a text; no key: nothing can be checked. */
function begin(text) {
  const report = { facts: [], faults: [] };
  const fault = (line, what) => void report.faults.push({ line, what });
  const key = keyIn(text);
  if (!key) fault(null, 'There is no public key, or one that was changed: nothing can be checked.');
  const { heads, others } = key ? headsIn(text, key) : { heads: [], others: 0 };
  if (key) report.facts.push(`Public key: ${key.line}`);
  const ignored = counted(others, 'piece');
  if (others > 0) report.facts.push(`Not signed with this key, and ignored: ${ignored} of the heads file.`);
  return { report, fault, key, heads };
}

/** Every event of an export, in order, against signed heads. `lines` may come as they are read. */
export async function verifyExport(lines, headsText) {
  const { report, fault, key, heads } = begin(headsText);
  if (!key) return report;
  const [tree, revisions] = [new Tree(), new Map()];
  let [line, next, provenTo, provenLine, isBroken] = [0, 0, 0, 0, false];
  const between = () => `events ${provenTo + 1} to ${tree.size} (lines ${provenLine + 1} to ${line})`;
  for await (const text of lines) {
    line += 1;
    const leaf = parsed(text);
    if (leaf === null) fault(line, 'is no JSON.');
    if (leaf?.kind !== 'event') continue;
    delete leaf.kind;
    const revision = (revisions.get(leaf.stream) ?? -1) + 1;
    if (leaf.revision !== revision) fault(line, `is ${leaf.stream}@${leaf.revision} where @${revision} must stand.`);
    revisions.set(leaf.stream, leaf.revision);
    tree.add(canonical(leaf));
    for (; heads[next]?.size <= tree.size; next += 1) {
      if (isBroken) continue;
      isBroken = !heads[next].root.equals(tree.root);
      if (isBroken) fault(line, `The head of ${tree.size} events is of another history: it differs in ${between()}.`);
      else [provenTo, provenLine] = [tree.size, line];
    }
  }
  const last = heads.at(-1);
  if (!last) fault(null, 'There is no signed head: nothing is proven.');
  else if (last.size > tree.size) {
    const since = `since event ${provenTo + 1} (line ${provenLine + 1})`;
    fault(
      line,
      `The file ends with event ${tree.size}, a signed head has ${last.size}: something is missing ${since}.`,
    );
  }
  report.facts.push(`${tree.size} events, ${heads.length} heads; the first ${provenTo} are as they were signed.`);
  return report;
}

/** An evidence bundle. `read` gives a file's text by its name, null if there is none; `headsText`: heads kept elsewhere. */
export function verifyBundle(read, headsText = null) {
  const own = `${read('key.txt') ?? ''}\n${read('heads.txt') ?? ''}`;
  const { report, fault, key, heads } = begin(headsText ?? own);
  if (!key) return report;
  if (keyIn(own)?.line !== key.line) fault(null, 'key.txt holds another public key.');
  const [head] = headsIn(read('head.txt') ?? '', key).heads;
  if (!head) fault(null, 'head.txt is not signed with this key.');
  if (!head) return report;
  const [events, proofs] = [linesOf(read('events.ndjson')), linesOf(read('proofs.ndjson'))];
  if (events.length !== proofs.length) fault(null, `${events.length} events, but ${proofs.length} proofs.`);
  const places = new Map();
  events.forEach((leaf, at) => {
    const what = faultOfEvent(leaf, proofs[at], head, places);
    if (what) fault(at + 1, what);
  });
  report.facts.push(`${events.length} events of ${places.size} streams, under the signed head of ${head.size} events.`);
  const proven = new Map(linesOf(read('consistency.ndjson')).map((text) => [parsed(text)?.from, parsed(text)?.path]));
  for (const { size, root } of heads) {
    if (size > head.size) report.facts.push(`The head of ${size} events is newer than this bundle.`);
    else if (!isConsistent(size, head.size, root, head.root, bytesOf(size === head.size ? [] : proven.get(size)))) {
      fault(null, `Nothing proves that the history of the head of ${size} events is still there.`);
    }
  }
  report.facts.push(`${heads.length} heads kept ${headsText === null ? 'in the bundle' : 'elsewhere'} were compared.`);
  return report;
}

/** What is wrong with an event of a bundle: changed, moved, or not the next of its stream. */
function faultOfEvent(leaf, proof, head, places) {
  const { index = -1, path = [] } = parsed(proof) ?? {};
  const root = rootOfInclusion(leafHash(leaf), index, head.size, bytesOf(path));
  if (!root?.equals(head.root)) return 'is not what was signed, or its proof was changed.';
  const { stream, revision } = JSON.parse(leaf);
  const before = places.get(stream) ?? { revision: -1, index: -1 };
  places.set(stream, { revision, index });
  if (revision !== before.revision + 1) return `is ${stream}@${revision} where @${before.revision + 1} must stand.`;
  return index > before.index ? null : `${stream}@${revision} stands before the revision before it.`;
}

/** Answers with their receipts, one a line, against the key in a text. `lines` may come as they are read. */
export async function verifyReceipts(lines, keyText) {
  const { report, fault, key } = begin(keyText);
  if (!key) return report;
  let [line, genuine] = [0, 0];
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    const what = faultOfAnswer(parsed(text), key);
    if (what) fault(line, what);
    else genuine += 1;
  }
  const isEmpty = genuine === 0 && report.faults.length === 0;
  if (isEmpty) fault(null, 'There is no answer with a receipt: nothing is proven.');
  report.facts.push(`${counted(genuine, 'receipt')}, signed by this installation, with the answers beside them.`);
  return report;
}

/** What is wrong with an answer that somebody kept: no receipt of this key, or not what its receipt says. */
function faultOfAnswer(kept, key) {
  const { receipt, position, ...answer } = kept ?? {};
  if (typeof receipt !== 'string') return 'is no answer with a receipt.';
  const [, signed, first, text, name, signature] = receiptForm.exec(receipt) ?? [];
  const isOurs = first === `receipt of ${key.origin}` && isSigned(signed, name, signature, key);
  if (!isOurs) return 'has a receipt that was not signed with this key, or was changed.';
  const said = JSON.parse(text);
  const isWhatItSays = position === said.position && canonical(answer) === canonical(said.answer);
  return isWhatItSays ? null : 'tells another answer than its receipt.';
}

const linesOf = (text) => (text ?? '').split('\n').filter((line) => line !== '');
/** Nothing but the one way to write bytes is taken for them. */
const isBase64 = (text) => Buffer.from(String(text), 'base64').toString('base64') === text;
const isPath = (path) => Array.isArray(path) && path.every(isBase64);
const bytesOf = (path) => (isPath(path) ? path.map((hash) => Buffer.from(hash, 'base64')) : [Buffer.alloc(0)]);

const counted = (number, what) => `${number} ${what}${number === 1 ? '' : 's'}`;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Lines for people, and whether everything holds. */
export function told({ facts, faults }) {
  const lines = faults.map(({ line, what }) => (line === null ? what : `Line ${line}: ${what}`));
  const verdict = faults.length === 0 ? 'Everything holds.' : `It does not hold: ${counted(faults.length, 'fault')}.`;
  return [...facts, ...lines, verdict];
}

/** The lines of a file. Node's own reader would also end them where a text holds U+2028. */
export async function* linesIn(path) {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** A file of either kind; the first line of an export holds no receipt. `signedText`: heads, or for receipts a key. */
export async function verifyFile(path, signedText) {
  for await (const line of linesIn(path)) {
    if (typeof parsed(line)?.receipt !== 'string') break;
    return verifyReceipts(linesIn(path), signedText);
  }
  return verifyExport(linesIn(path), signedText);
}

async function main([what = '', heads]) {
  const isFolder = existsSync(what) && statSync(what).isDirectory();
  if (!isFolder && heads === undefined) {
    console.error('node verify.mjs <folder of a bundle, export, or file of receipts> <heads file, or key.txt>');
    return 2;
  }
  const headsText = heads === undefined ? null : readFileSync(heads, 'utf8');
  const read = (name) => (existsSync(join(what, name)) ? readFileSync(join(what, name), 'utf8') : null);
  const report = isFolder ? verifyBundle(read, headsText) : await verifyFile(what, headsText);
  for (const line of told(report)) console.log(line);
  return report.faults.length === 0 ? 0 : 1;
}

const isProgram = process.argv[1] && realpathSync(process.argv[1]) === verifierFile;
if (isProgram) process.exitCode = await main(process.argv.slice(2));
