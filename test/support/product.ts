import type { StoredEvent } from '#lib/engine/ports/event-store.js';
import type { Role } from '#lib/domain/roles.js';
import { readConfig, type Config } from '#lib/product/config/config.js';
import type { RunningOptions } from '#lib/product/running.js';
import type { Stores } from '#lib/product/stores.js';
import { limits } from '../../apps/server/http/limits.js';
import { startServer, type RunningServer } from '../../apps/server/server.js';
import { startWorker, type RunningWorker } from '../../apps/worker/worker.js';
import { ManualClock } from './clock.js';
import { fromSource } from './from-source.js';
import { send } from './http.js';
import { foldedAlike, untilViewsAreAtHead } from './same-digests.js';
import { newFolder } from './sqlite.js';
import { changeDocument, dropViews, isOnPair, newPair, storedBytes, withStores, type Part } from './stores.js';

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
    // As long as the product waits at most: a busy machine is no failure.
    const parameters = [after && seen !== null ? `after=${seen}&wait=${limits.waitMs}` : '', search].filter(
      (text) => text !== '',
    );
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

type TestOptions = Pick<RunningOptions, 'clock' | 'outgoing'>;

/**
 * The whole product in this process, on a real port and stores of its own, with a clock that a test moves: a server, and
 * beside it a worker where the stores can be shared.
 */
export class TestProduct {
  readonly clock = new ManualClock();
  /** Of its files, where it has any. */
  readonly folder = newFolder();
  readonly #clients = new Map<string, Client>();
  #stores: Readonly<Record<string, string>> = {};
  #server: RunningServer | null = null;
  #worker: RunningWorker | null = null;
  #adminKey = '';
  #seen: string | null = null;

  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly options: TestOptions,
  ) {}

  static async start(environment: Record<string, string> = {}, options: TestOptions = {}): Promise<TestProduct> {
    const product = new TestProduct(environment, options);
    if (isOnPair) product.#stores = await newPair(() => product.#end());
    await product.start();
    return product;
  }

  /** Where the server listens, e.g. `http://127.0.0.1:3000`. */
  get url(): string {
    return this.#server?.address ?? '';
  }

  /** Where its processes can be watched: the server, and the worker beside it if there is one. */
  get watched(): readonly string[] {
    return [this.url, ...(this.#worker ? [this.#worker.address] : [])];
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
    if (isOnPair) await this.#startWorker();
    this.#server = await startServer(this.#config, this.#options);
    this.#adminKey ||= this.#server.firstKey ?? '';
    while ((await fetch(`${this.url}/health/ready`)).status !== 200);
  }

  async #startWorker(): Promise<void> {
    this.#worker = await startWorker(this.#config, this.#options);
  }

  get #options(): RunningOptions {
    return { clock: this.clock, execArgv: fromSource, ...this.options };
  }

  get #config(): Config {
    return readConfig({
      ...this.#stores,
      SEATLEDGER_DATA: this.folder,
      // The port is another one after each start, and a repeated command is answered as the first one was.
      SEATLEDGER_CONSOLE_BASE: 'https://seatledger.example',
      SEATLEDGER_LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      SEATLEDGER_GO_LIVE_AFTER: '4h',
      SEATLEDGER_STOP_DISTRIBUTION_AFTER: '4h',
      // A test that asks for a rebuild must not meet one.
      SEATLEDGER_VERIFY_EVERY: 'off',
      PORT: '0',
      ...this.environment,
    });
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

  /** After the last test: whatever was done, its views are those that a fold into a folder's views gives. */
  async #end(): Promise<void> {
    for (let isAlike = false; !isAlike;) {
      if (!this.#worker) await this.#startWorker();
      await withStores(this.#config, untilViewsAreAtHead);
      await this.stop();
      isAlike = await withStores(this.#config, foldedAlike);
    }
  }

  /** Opens its stores while it is stopped. */
  withStores<T>(use: (stores: Stores) => Promise<T>): Promise<T> {
    return withStores(this.#config, use);
  }

  /** The events of a stream, while it is stopped. */
  stream(name: string): Promise<readonly StoredEvent[]> {
    return this.withStores(async ({ events }) => {
      const found: StoredEvent[] = [];
      for await (const page of events.read(name, 0)) found.push(...page);
      return found;
    });
  }

  /** While it is stopped: the next start builds them again. */
  dropViews(): Promise<void> {
    return dropViews(this.#config);
  }

  /** Changes one document of a view where it lies, while it is stopped; its address. */
  changeDocument(view: string): Promise<{ readonly kind: string; readonly key: string }> {
    return changeDocument(this.#config, view);
  }

  /** Whether a text stands anywhere in its stores, or in these of them. */
  async holds(text: string, ...parts: readonly Part[]): Promise<boolean> {
    return (await storedBytes(this.#config, parts.length > 0 ? parts : ['events', 'records', 'views'])).includes(text);
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
