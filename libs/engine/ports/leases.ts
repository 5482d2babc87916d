/** The right to work on something, alone. */
export interface Lease {
  readonly name: string;
  /** Rises by one with each taking, also by the same owner: what is written under an earlier one can be refused. */
  readonly epoch: number;
}

/** Somebody else is at this work by now: whoever meets this must stop. Nothing was written. */
export class FencedError extends Error {}

/** Who holds a lease that has not run out. */
export interface Holder {
  readonly name: string;
  readonly owner: string;
}

/**
 * Who may work on what. Time is the store's alone, so that no owner's clock matters. A lease that is not renewed within
 * its term runs out; its owner may then still believe in it, which is why every commit carries the epoch.
 */
export interface Leases {
  /** Milliseconds from taking or renewing until it runs out. */
  readonly termMs: number;
  /** Null: somebody else holds it. */
  take(name: string, owner: string): Promise<Lease | null>;
  /** False: it has run out and was taken by somebody since, or was given up. */
  renew(lease: Lease, owner: string): Promise<boolean>;
  /** Lets others take it at once. Does nothing if it is somebody else's by now. */
  release(lease: Lease, owner: string): Promise<void>;
  /** Those of which the name begins so, in order of name. */
  holders(prefix: string): Promise<readonly Holder[]>;
}
