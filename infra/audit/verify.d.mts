export interface Fault {
  /** Of the file of events, from 1; null: no single one. */
  readonly line: number | null;
  readonly what: string;
}

export interface Report {
  readonly facts: readonly string[];
  readonly faults: readonly Fault[];
}

export interface Head {
  readonly size: number;
  readonly root: Buffer;
}

export interface Key {
  /** Name, ID and public key, as signed-note writes them. */
  readonly line: string;
  readonly origin: string;
}

/** Path of the verifier, for whoever puts it into a bundle. */
export const verifierFile: string;
export function leafHash(leaf: string): Buffer;
export function rootOfInclusion(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | null;
export function isConsistent(
  from: number,
  to: number,
  fromRoot: Buffer,
  toRoot: Buffer,
  path: readonly Buffer[],
): boolean;
export function keyIn(text: string): Key | null;
export function headsIn(text: string, key: Key): { readonly heads: readonly Head[]; readonly others: number };
export function verifyExport(lines: Iterable<string> | AsyncIterable<string>, headsText: string): Promise<Report>;
export function verifyBundle(read: (name: string) => string | null, headsText?: string | null): Report;
export function verifyReceipts(lines: Iterable<string> | AsyncIterable<string>, keyText: string): Promise<Report>;
export function verifyFile(path: string, signedText: string): Promise<Report>;
export function told(report: Report): string[];
