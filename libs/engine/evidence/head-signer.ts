import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';

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
/** Ed25519 in https://c2sp.org/signed-note. */
const algorithm = 1;

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/**
 * Signs heads of the tree with an Ed25519 key that follows from the installation's secret, so that it was drawn with that
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
    const text = `${this.origin}\n${size}\n${root.toString('base64')}\n`;
    const signature = Buffer.concat([this.#keyId, sign(null, Buffer.from(text), this.#key)]);
    return { size, root, note: `${text}\n— ${this.origin} ${signature.toString('base64')}\n` };
  }
}
