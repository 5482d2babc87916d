import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ProgressLine } from './progress.js';
import { Server } from './server.js';
import { RefusedError, systemCode, type Surroundings } from './surroundings.js';

export interface LedgerChoice {
  readonly format: string;
  readonly tenant?: string;
  readonly publisher?: string;
  readonly asOf?: string;
}

/** Writes the ledger as it comes to standard output, and tells where the log ended for it. */
export async function exportLedger(
  { format, tenant, publisher, asOf }: LedgerChoice,
  surroundings: Surroundings,
): Promise<void> {
  const { environment, signal, stdout, stderr } = surroundings;
  const asked = { format, tenantId: tenant, publisherId: publisher, asOf };
  const search = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const { body, headers } = await new Server(environment, signal).send('GET', `/ledger/export?${search.join('&')}`);
  if (!body) throw new RefusedError('The server sent nothing. Run the same command again.');
  const line = new ProgressLine(surroundings);
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      line.tell('Written:', null, `${(bytes / 1e6).toFixed(1)} MB`);
      yield chunk;
    }
  };
  await pipeline(Readable.fromWeb(body), counted, stdout, { signal, end: false })
    .catch((error: unknown) => {
      if (signal.aborted || systemCode(error) === 'EPIPE') throw error;
      throw new RefusedError('The ledger was broken off: what was written is not whole. Run the same command again.', {
        cause: error,
      });
    })
    .finally(() => line.end());
  stderr.write(`As of ${headers.get('position') ?? ''}\n`);
}
