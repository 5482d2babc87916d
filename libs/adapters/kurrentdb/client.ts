import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { KurrentLimits } from './limits.js';

/**
 * A client that is replaced when it has failed: one whose first read failed never reads again, one that asked a
 * starting server what it can do keeps the failure for an answer, and one whose connection is half open waits for long.
 */
export class Client {
  #client: KurrentDBClient;
  #madeAt: number;

  constructor(
    private readonly url: string,
    private readonly limits: KurrentLimits,
  ) {
    this.#client = newClient(this.url);
    this.#madeAt = performance.now();
  }

  get current(): KurrentDBClient {
    return this.#client;
  }

  /** Does nothing if somebody else has replaced it already, or just now. */
  replace(failed: KurrentDBClient): void {
    if (failed !== this.#client || performance.now() - this.#madeAt < this.limits.clientMs) return;
    this.#client = newClient(this.url);
    this.#madeAt = performance.now();
    void giveUp(failed);
  }

  close(): Promise<void> {
    return giveUp(this.#client);
  }
}

let made = 0;

/**
 * gRPC shares one connection among all clients of which the settings are the same, so that a new client would wait on
 * the half-open connection of the one that it replaces. The time that is allowed for a keep-alive differs in each.
 */
function newClient(url: string): KurrentDBClient {
  const setting = /([?&]keepAliveTimeout=)(\d+)/i;
  const given = setting.exec(url)?.[2];
  made = (made + 1) % 1_000;
  const timeoutMs = Number(given ?? 10_000) + made;
  const separator = url.includes('?') ? '&' : '?';
  return KurrentDBClient.connectionString(
    given ? url.replace(setting, `$1${timeoutMs}`) : `${url}${separator}keepAliveTimeout=${timeoutMs}`,
  );
}

/** Ends what is under way, then the connection, which `dispose` leaves open. */
async function giveUp(client: KurrentDBClient): Promise<void> {
  const { getChannel } = client as unknown as { getChannel: () => Promise<{ close(): void }> };
  await client.dispose();
  await getChannel().then(
    (channel) => channel.close(),
    () => undefined,
  );
}
