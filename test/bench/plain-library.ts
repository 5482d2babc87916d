import { randomUUID } from 'node:crypto';
import {
  jsonEvent,
  KurrentDBClient,
  NO_STREAM,
  StreamNotFoundError,
  type AppendStreamState,
} from '@kurrent/kurrentdb-client';
import { sha256 } from '#lib/engine/sha256.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { AdjustSeatPool, SeatPoolEvent } from '#lib/domain/seat-pool/messages.js';
import { seatPool } from '#lib/domain/seat-pool/decider.js';
import { adjust } from '#lib/domain/seat-pool/resize.js';
import type { Settings } from '#lib/domain/settings.js';
import { meta } from './stored.js';

/** As long as what our commands write. */
const metadata = { ...meta, commandHash: sha256(''), $correlationId: meta.commandId, $causationId: meta.commandId };

/**
 * What a plain event-sourcing library does for a command: it reads the stream, folds it, decides, and appends behind
 * what it read. The official client and our decider, and nothing else.
 */
export class PlainLibrary {
  readonly #client: KurrentDBClient;

  constructor(
    url: string,
    private readonly namespace: string,
    private readonly settings: Settings,
  ) {
    this.#client = KurrentDBClient.connectionString(url);
  }

  async adjustSeatPool(stream: string, command: AdjustSeatPool): Promise<void> {
    const name = this.namespace + stream;
    let state = seatPool.initial();
    let streamState: AppendStreamState = NO_STREAM;
    try {
      for await (const { event } of this.#client.readStream(name)) {
        if (!event) continue;
        state = seatPool.evolve(state, event as unknown as Recorded<SeatPoolEvent>);
        streamState = event.revision;
      }
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error;
    }
    const events = adjust(state, command, new Date().toISOString(), this.settings).map(({ type, data }) =>
      jsonEvent({ id: randomUUID(), type, data: { ...data }, metadata }),
    );
    await this.#client.appendToStream(name, events, { streamState });
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}
