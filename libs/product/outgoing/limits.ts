const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];

/** Every limit of what is asked of the outside, in one place. */
export const outgoingLimits = {
  /** Of one attempt: resolving the name, connecting, sending, and reading the answer. */
  attemptMs: 10 * secondMs,
  /** Of an answer's body; the rest is not read. */
  bodyBytes: 64 * 1024,
  /** Pauses after attempts that failed. A delivery is tried for three days. */
  deliveryPausesMs: [
    5 * secondMs,
    5 * minuteMs,
    30 * minuteMs,
    ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hourMs),
  ],
  /** A publisher waits for it: three attempts, in a minute also if each takes its whole time. */
  packageUrlPausesMs: [5 * secondMs, 20 * secondMs],
  /** A pause is longer or shorter by at most this share, so that what failed together does not come back together. */
  jitter: 0.1,
} as const;
