const modulus = 2n ** 256n;

/**
 * Order-independent digest of a set of documents: the sum modulo 2²⁵⁶ of their hashes. Equal digests and counts at an
 * equal position mean equal views; a change costs as much as the documents it touches.
 */
export class Digest {
  #sum: bigint;
  #count: number;

  constructor(digest = '0'.repeat(64), count = 0) {
    this.#sum = BigInt(`0x${digest}`);
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  get hex(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }

  /** Takes out one document's hash and puts in another; null: there was, or will be, none. */
  replace(before: string | null, after: string | null): void {
    if (before !== null) {
      this.#sum = (this.#sum - BigInt(`0x${before}`) + modulus) % modulus;
      this.#count -= 1;
    }
    if (after !== null) {
      this.#sum = (this.#sum + BigInt(`0x${after}`)) % modulus;
      this.#count += 1;
    }
  }
}
