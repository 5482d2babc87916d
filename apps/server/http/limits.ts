/** Every limit of what can be sent, in one place; the reference shows them. Lengths in characters, times in milliseconds. */
export const limits = {
  bodyBytes: 64 * 1024,
  /** Where a command takes up to 10,000 rows. */
  bulkBodyBytes: 5 * 1024 * 1024,
  jsonDepth: 32,
  headerBytes: 16 * 1024,
  requestMs: 30_000,
  pathParameterLength: 300,
  parameterLength: 2_000,
  idempotencyKeyLength: 255,
  pageRows: 200,
  usualPageRows: 50,
  waitMs: 5_000,
  usualWaitMs: 2_000,
  filterWords: 50,
  /** Where a route counts the calls of a client's address, for whom no key answers. */
  callsByAddress: { calls: 10, withinMs: 60_000, addresses: 10_000 },
  /** Faults listed in one answer; a body can hold thousands. */
  faultsListed: 100,
} as const;
