/** Every limit of the engine, in one place. */
export const limits = {
  /** Events and bytes of payload that one command may append. */
  eventsPerCommand: 1_000,
  bytesPerCommand: 512_000,
  /** Commands remembered per stream, for answering repetitions. */
  commandsPerStream: 10_000,
  /** Commands that may wait for one stream, and for all streams together. */
  queuePerStream: 1_000,
  queueInAll: 10_000,
  /** Decided state kept in memory, by a rough count of the bytes that made it. */
  loadedBytes: 256 * 1024 * 1024,
  /** Streams not in memory of which it is known for a while that they have gone on. */
  streamsTold: 10_000,
  /** Attempts after someone else changed the stream in between. */
  attempts: 3,
  /** Sending an append again whose outcome is not known. */
  appendAttempts: 5,
  /** How long a command waits to know what other processes have written; how often that is read when none asks. */
  knownWithinMs: 5_000,
  knownEveryMs: 1_000,
  /** How long a command waits for the processes to handle its events. */
  settleMs: 2_000,
  /** Documents that one event may touch in one view. */
  documentsPerEvent: 200,
  /** Documents that a view may have parked before it stops. */
  parkedKeys: 1_000,
  /** Events that operators may have a view leave out. */
  skipsPerView: 1_000,
  /** Documents of one view held in memory by the projection runner. */
  documentsInMemory: 5_000,
  /** Documents changed, or events folded, before a view that is far behind commits. */
  changesPerCommit: 2_500,
  eventsPerCommit: 50_000,
  /** How often to look whether builds of views were begun, paused or taken away. */
  buildsEveryMs: 250,
  /** Near the log's end a view rests this many times as long as its last commit took, and at most so long. */
  restShare: 4,
  restMs: 100,
  /** Timers fired at once, commands issued at once by one process. */
  timersAtOnce: 64,
  /** Requests to the outside that are under way at once. */
  requestsAtOnce: 16,
  /** When a timer or request that failed by a bug is tried again; a request's sender sooner, then after growing pauses. */
  dueRetryMs: 60_000,
  requestRetryMs: 10_000,
  requestRetryMostMs: 3_600_000,
  /** How often a process saves its checkpoint when no timer changed; where others wait for it, that often. */
  processCheckpointMs: 250,
  sharedCheckpointMs: 20,
  /** How often to look how far views and processes are that others run: while somebody waits for them, and else. */
  watchMs: 20,
  watchIdleMs: 250,
  /** Streams and events that one answer about the past may rest on, and streams of it that are read at once. */
  pastStreams: 1_000,
  pastEvents: 200_000,
  pastReadsAtOnce: 16,
  /** Events of the past that are folded in one turn of the event loop; answers about it that are worked on at once. */
  pastEventsPerTurn: 500,
  pastAtOnce: 4,
  /** How long what was folded for an answer about the past is kept for the next one. */
  pastKeptMs: 60_000,
  /** Events from one entry of the table of the log's times to the next. */
  eventsPerLogTime: 1_000,
  /** How often to look for rows that others have set. */
  lookAgainMs: 1_000,
} as const;
