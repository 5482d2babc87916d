import { leasesContract, type LeasesFixture } from '../contract/leases-contract.js';
import { LeasesInMemory } from '../support/leases.js';

leasesContract('those that tests of owners work with', async () => {
  let now = 0;
  const leases = new LeasesInMemory(1_000, () => now);
  const fixture: LeasesFixture = {
    leases,
    others: leases,
    passTerm: async () => void (now += leases.termMs),
    reopen: async () => fixture,
    close: async () => undefined,
  };
  return fixture;
});
