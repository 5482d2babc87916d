/** Chance, drawn from one number: the same number gives the same choices. */
export class Chance {
  constructor(private seed: number) {}

  /** From 0 up to, not including, 1. */
  share(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Whole, from 0 up to, not including, `below`. */
  number(below: number): number {
    return Math.floor(this.share() * below);
  }

  /** Both ends included. */
  between(from: number, to: number): number {
    return from + this.number(to - from + 1);
  }

  is(percent: number): boolean {
    return this.number(100) < percent;
  }

  of<T>(...choices: readonly T[]): T {
    const at = this.number(choices.length);
    const choice = choices[at];
    if (choice === undefined && at >= choices.length) throw new Error('There is nothing to choose from.');
    return choice as T;
  }

  /** So many digits. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.number(16).toString(16)).join('');
  }

  /** Undefined: there are none. */
  oneOf<T>(choices: readonly T[]): T | undefined {
    return choices[this.number(Math.max(1, choices.length))];
  }
}
