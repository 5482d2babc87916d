import { Pool } from 'undici';

/** One caller's next request, made from the answer to the one before. */
export interface Caller {
  next(): { readonly path: string; readonly body: string; readonly headers?: Record<string, string> };
  answered(status: number, body: string): void;
}

export interface Load {
  readonly requestsPerSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/**
 * Keeps every caller busy with one request at a time over connections of its own for a while, after a warm-up. The
 * same generator drives what is compared, so that its own share of the machine falls on both sides alike.
 */
export async function drive(base: string, callers: readonly Caller[], seconds: number): Promise<Load> {
  const pool = new Pool(base, { connections: callers.length, pipelining: 1 });
  await run(pool, callers, Math.min(1, seconds / 2), []);
  const latencies: number[] = [];
  const startedAt = performance.now();
  await run(pool, callers, seconds, latencies);
  const elapsedMs = performance.now() - startedAt;
  await pool.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  return { requestsPerSecond: (latencies.length / elapsedMs) * 1000, medianMs: at(0.5), p99Ms: at(0.99) };
}

async function run(pool: Pool, callers: readonly Caller[], seconds: number, latencies: number[]): Promise<void> {
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    callers.map(async (caller) => {
      while (performance.now() < until) {
        const { path, body, headers } = caller.next();
        const sentAt = performance.now();
        const answer = await pool.request({
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        });
        const text = await answer.body.text();
        latencies.push(performance.now() - sentAt);
        caller.answered(answer.statusCode, text);
      }
    }),
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
