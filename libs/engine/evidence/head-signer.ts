import { createHash, createHmac, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/** A tree's size and root, and the two as a signed note. */
export interface SignedHead {
  readonly size: number;
  readonly root: Buffer;
  /** As https://c2sp.org/tlog-checkpoint has it, with one signature. */
  readonly note: string;
}

/** PKCS #8 of a private Ed25519 key, up to the 32 bytes of its seed (RFC 8410). */
const beforeSeed = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicKeyBytes = 32;
/** A note of two lines: both, then who signed it, and how. */
const noteForm = /^([^\n]+)\n([^\n]+)\n\n— ([^ \n]+) ([A-Za-z0-9+/]+=*)\n?$/;
/** Ed25519 in https://c2sp.org/signed-note. */
const algorithm = 1;

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/**
 * Signs heads of the tree, and receipts, with an Ed25519 key that follows from the installation's secret, so that it was drawn with that
 * at the first start, and goes with it. The name of the log holds 128 bits of the public key's hash: whoever has one
 * head can tell whether a key is the right one.
 */
export class HeadSigner {
  readonly #key;
  readonly #keyId: Buffer;
  readonly origin: string;
  /** Name and public key, as signed-note writes them: `<name>+<key ID>+<key>`. */
  readonly publicKey: string;

  constructor(secret: string) {
    const seed = createHmac('sha256', secret).update('heads of the log').digest();
    this.#key = createPrivateKey({ key: Buffer.concat([beforeSeed, seed]), format: 'der', type: 'pkcs8' });
    const raw = createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).subarray(-publicKeyBytes);
    this.origin = `seatledger/${sha256(raw).toString('hex', 0, 16)}`;
    const typed = Buffer.concat([Buffer.of(algorithm), raw]);
    this.#keyId = sha256(Buffer.concat([Buffer.from(`${this.origin}\n`), typed])).subarray(0, 4);
    this.publicKey = `${this.origin}+${this.#keyId.toString('hex')}+${typed.toString('base64')}`;
  }

  sign(size: number, root: Buffer): SignedHead {
    return { size, root, note: this.#note(`${this.origin}\n${size}\n${root.toString('base64')}\n`) };
  }

  /** A line of text as a signed note. Its first line is that of no head, so that neither can be taken for the other. */
  signReceipt(text: string): string {
    return this.#note(`${this.#receipts}\n${text}\n`);
  }

  /** The line in a note of that kind, and whether this installation signed it; null: it is no such note. */
  readReceipt(note: string): { readonly text: string; readonly genuine: boolean } | null {
    const [, first = '', text = null, name, base64 = ''] = noteForm.exec(note) ?? [];
    if (text === null) return null;
    const signature = Buffer.from(base64, 'base64');
    const isOurs = first === this.#receipts && name === this.origin && signature.subarray(0, 4).equals(this.#keyId);
    const signed = Buffer.from(`${first}\n${text}\n`);
    return { text, genuine: isOurs && verify(null, signed, createPublicKey(this.#key), signature.subarray(4)) };
  }

  get #receipts(): string {
    return `receipt of ${this.origin}`;
  }

  #note(text: string): string {
    const signature = Buffer.concat([this.#keyId, sign(null, Buffer.from(text), this.#key)]);
    return `${text}\n— ${this.origin} ${signature.toString('base64')}\n`;
  }
}
