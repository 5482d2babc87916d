/** Every limit of this adapter, in one place. Milliseconds where nothing else is said. */
export const kurrentLimits = {
  /** For one append to be answered; what it did is not known after that. */
  appendMs: 5_000,
  /** How long an append that could not even be sent is tried again. */
  sendingMs: 3_000,
  /** Connections that append, and appends that may be under way in each (see append-lanes.ts) and wait for one. */
  appendLanes: 4,
  appendsPerLane: 15,
  appendsWaiting: 10_000,
  /** What the server takes at once by default; metadata does not count there, but must not fill a message (17 MB). */
  dataBytes: 1_048_576,
  messageBytes: 8 * 1_048_576,
  /** For the next event of a read to come; doubled up to the second when a store with few events of ours is searched. */
  readMs: 5_000,
  searchMs: 600_000,
  /** How long a caller's read is tried again. */
  readingMs: 5_000,
  /** Reads under way at once, the others waiting; many more would answer none of them in time. */
  readsAtOnce: 128,
  /** Events of a page: as first read, as most read, as given on. It grows while its events are small. */
  pageFirst: 128,
  pageMost: 4_096,
  pageGiven: 1_000,
  pageBytes: 8 * 1_048_576,
  /** Events in memory for all who follow near the end of the log. */
  ringEvents: 4_096,
  ringBytes: 16 * 1_048_576,
  /** For a subscription to be confirmed, and how often a silent one is compared with the log's end. */
  confirmMs: 5_000,
  silenceMs: 5_000,
  /**
   * First and longest pause before something is tried again; each is drawn from the upper half of what has doubled. With
   * the next one it says how soon a server that is back is noticed: within one and a half seconds.
   */
  pauseMs: 50,
  pauseMostMs: 500,
  /** Youngest age at which a client that failed is replaced: making one takes the event loop some milliseconds. */
  clientMs: 500,
  /** For the log's ID to be read or written when the store is opened. */
  openMs: 30_000,
} as const;

export type KurrentLimits = Readonly<Record<keyof typeof kurrentLimits, number>>;
