import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { Connection } from './connection.js';
import { Cursors } from './cursors.js';
import { Faults } from './faults.js';
import { setName, type Release } from './hello.js';
import { Sessions } from './sessions.js';
import { Store } from './store.js';

export interface MongoDoubleOptions {
  /** Not a member of a replica set: refuses transactions and retryable writes. */
  readonly isStandalone?: boolean;
  readonly release?: Release;
  /** How long a transaction may stay open. */
  readonly transactionLifetimeMs?: number;
}

/**
 * Takes the place of a MongoDB server in tests: the primary of a replica set of one, in memory, on a real port. It is
 * exact in what correctness rests on: unique keys, snapshots, conflicts, what repetition changes, the order of values.
 * What it does not know it refuses. It proves our side only: that the real server behaves as assumed is proved by the
 * same tests against one, with TEST_MONGODB_URL.
 *
 * A write outside of transactions to what an open transaction has written waits for the end of that, as on a server.
 */
export class MongoDouble {
  readonly faults: Faults;
  /** The server's clock: added to the time of day, in milliseconds, for `$$NOW` and the like. */
  clockOffsetMs = 0;
  private readonly parts;
  private readonly sockets = new Set<Socket>();
  private net: NetServer | null = null;
  private port = 0;

  private constructor(private readonly options: MongoDoubleOptions) {
    const store = new Store();
    const sessions = new Sessions(store, options.transactionLifetimeMs ?? 60_000);
    this.parts = { store, sessions, cursors: new Cursors(), epochSeconds: Math.floor(Date.now() / 1000) };
    this.faults = new Faults(() => sessions.abortAll());
  }

  static async start(options: MongoDoubleOptions = {}): Promise<MongoDouble> {
    const double = new MongoDouble(options);
    await double.listen();
    return double;
  }

  /** A connection string without a database. A client looks at once again, not after half a second, after a failure. */
  get url(): string {
    const member = this.options.isStandalone ? '' : `replicaSet=${setName}&`;
    return `mongodb://${this.address}/?${member}minHeartbeatFrequencyMS=5`;
  }

  /** Connections are closed, open transactions and cursors are gone; what was committed stays. */
  async stop(): Promise<void> {
    const { net } = this;
    this.net = null;
    const closed = new Promise<void>((resolve) => (net ? net.close(() => resolve()) : resolve()));
    for (const socket of this.sockets) socket.destroy();
    this.parts.sessions.abortAll();
    this.parts.cursors.killAll();
    await closed;
  }

  /** Stops, and starts again at the same address with the same data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.listen();
  }

  private get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  private async listen(): Promise<void> {
    const net = createServer({ noDelay: true }, (socket) => this.accept(socket));
    await new Promise<void>((resolve, reject) => {
      net.once('error', reject);
      net.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (net.address() as AddressInfo).port;
    this.net = net;
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    const profile = { release: this.options.release ?? '7.0', isStandalone: this.options.isStandalone ?? false };
    const now = () => new Date(Date.now() + this.clockOffsetMs);
    new Connection(socket, { ...this.parts, profile, faults: this.faults, address: this.address, now }).serve();
  }
}
