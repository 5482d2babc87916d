import type { Leases } from '../ports/leases.js';

/** Leases of an installation that is one process: everything is its own, from the beginning and for ever. */
export const soleOwner: Leases = {
  termMs: Infinity,
  take: async (name) => ({ name, epoch: 1 }),
  renew: async () => true,
  release: async () => undefined,
  holders: async () => [],
};
