import type { Role } from '#lib/domain/roles.js';
import { readConfig } from '#lib/product/config/config.js';
import type { RunningOptions } from '#lib/product/running.js';
import { startServer, type RunningServer } from '../../apps/server/server.js';
import { startWorker, type RunningWorker } from '../../apps/worker/worker.js';
import { ManualClock } from './clock.js';
import { fromSource } from './from-source.js';
import { send } from './http.js';
import { newFolder } from './sqlite.js';
import { isOnPair, newPair } from './stores.js';

/** Starting compiles the sources of two threads: hooks that start or restart a product take this as their time limit. */
export const startMs = 60_000;

export type Answer = Awaited<ReturnType<typeof send>> & {
  /** In the answer's ETag; null: none. */
  readonly revision: number | null;
};

export interface SendOptions {
  /** Sent as `If-Match`. */
  readonly revision?: number | null;
  readonly idempotencyKey?: string;
  /** Further parameters, as they stand behind `?`. */
  readonly search?: string;
  /** False: does not ask to see what others wrote. */
  readonly after?: boolean;
}

export interface Scope {
  readonly publisherId?: string;
  readonly tenantId?: string;
  readonly personId?: string;
}

/** One who asks: the requests of one API key, or of nobody's. Everyone reads what anyone has written. */
export class Client {
  constructor(
    private readonly product: TestProduct,
    readonly key: string | null,
  ) {}

  get(path: string, options?: SendOptions): Promise<Answer> {
    return this.send('GET', path, undefined, options);
  }

  post(path: string, body: unknown = {}, options?: SendOptions): Promise<Answer> {
    return this.send('POST', path, body, options);
  }

  put(path: string, body: unknown, options?: SendOptions): Promise<Answer> {
    return this.send('PUT', path, body, options);
  }

  async send(method: string, path: string, body: unknown, options: SendOptions = {}): Promise<Answer> {
    const { revision = null, idempotencyKey, search = '', after = true } = options;
    const { seen, url } = this.product;
    const parameters = [after && seen !== null ? `after=${seen}` : '', search].filter((text) => text !== '');
    const answer = await send(method, `${url}/v1${path}${parameters.length > 0 ? `?${parameters.join('&')}` : ''}`, {
      ...(this.key !== null && { key: this.key }),
      body,
      headers: {
        ...(revision !== null && { 'if-match': `"r${revision}"` }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
    });
    this.product.note(answer.body.position);
    const [, tag] = /^"r(\d+)"$/.exec(answer.headers.get('etag') ?? '') ?? [];
    return { ...answer, revision: tag === undefined ? null : Number(tag) };
  }
}

/**
 * The whole product in this process, on a real port and stores of its own, with a clock that a test moves: a server, and
 * beside it a worker where the stores can be shared.
 */
export class TestProduct {
  readonly clock = new ManualClock();
  readonly folder = newFolder();
  readonly #clients = new Map<string, Client>();
  #stores: Readonly<Record<string, string>> = {};
  #server: RunningServer | null = null;
  #worker: RunningWorker | null = null;
  #adminKey = '';
  #seen: string | null = null;

  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly options: Pick<RunningOptions, 'outgoing'>,
  ) {}

  static async start(
    environment: Record<string, string> = {},
    options: Pick<RunningOptions, 'outgoing'> = {},
  ): Promise<TestProduct> {
    const product = new TestProduct(environment, options);
    if (isOnPair) product.#stores = await newPair(() => product.stop());
    await product.start();
    return product;
  }

  /** Where the server listens, e.g. `http://127.0.0.1:3000`. */
  get url(): string {
    return this.#server?.address ?? '';
  }

  /** The newest position that any answer held. */
  get seen(): string | null {
    return this.#seen;
  }

  note(position: unknown): void {
    if (typeof position === 'string' && position > (this.#seen ?? '')) this.#seen = position;
  }

  /** Starts on what the stores hold, and waits until the views show it. */
  async start(): Promise<void> {
    const config = readConfig({
      ...this.#stores,
      SEATLEDGER_DATA: this.folder,
      SEATLEDGER_LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      SEATLEDGER_GO_LIVE_AFTER: '4h',
      SEATLEDGER_STOP_DISTRIBUTION_AFTER: '4h',
      PORT: '0',
      ...this.environment,
    });
    const options = { clock: this.clock, execArgv: fromSource, ...this.options };
    if (isOnPair) this.#worker = await startWorker(config, options);
    this.#server = await startServer(config, options);
    this.#adminKey ||= this.#server.firstKey ?? '';
    while ((await fetch(`${this.url}/health/ready`)).status !== 200);
  }

  async stop(): Promise<void> {
    const [server, worker] = [this.#server, this.#worker];
    this.#server = this.#worker = null;
    await server?.close();
    await worker?.close();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  get visitor(): Client {
    return new Client(this, null);
  }

  get admin(): Client {
    return new Client(this, this.#adminKey);
  }

  /** The client of a key with this role and scope; the key is made over HTTP when it is first asked for. */
  async as(role: Role, scope: Scope = {}): Promise<Client> {
    const name = JSON.stringify([role, scope]);
    const known = this.#clients.get(name);
    if (known) return known;
    const { status, body } = await this.admin.post('/keys', { role, ...scope, label: role }, { after: false });
    if (status !== 201) throw new Error(`No key for ${name}: ${JSON.stringify(body)}`);
    const client = new Client(this, body.key);
    this.#clients.set(name, client);
    return client;
  }

  get marketplace(): Promise<Client> {
    return this.as('marketplaceOperator');
  }

  owner(publisherId = 'fabrikam'): Promise<Client> {
    return this.as('publisher.owner', { publisherId });
  }
}
