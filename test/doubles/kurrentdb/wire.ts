import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

/**
 * The network between client and double: a loopback port in front of the gRPC server's, which can break as networks do.
 * The port stays the same when the server behind it goes and comes back.
 */
export class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Where the gRPC server listens; undefined while there is none. */
  #target: number | undefined;
  #port = 0;
  #deaf = false;
  #delayMs = 0;
  #frozen: Promise<void> | undefined;
  #thaw: () => void = () => undefined;

  private constructor() {
    this.#server = createServer((near) => this.#accept(near));
  }

  static async open(target: number): Promise<Wire> {
    const wire = new Wire();
    await wire.listen(target);
    return wire;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that clients have open. */
  get connections(): number {
    return this.#sockets.size;
  }

  async listen(target: number): Promise<void> {
    this.#target = target;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses new connections and drops those there are. */
  async close(): Promise<void> {
    this.#target = undefined;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.drop();
    await closed;
  }

  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Drops what is connected; accepts from now on, and never answers. */
  goDeaf(): void {
    this.#deaf = true;
    this.drop();
  }

  /** Connections stay, nothing passes in either direction. */
  freeze(): void {
    this.#frozen ??= new Promise((resolve) => (this.#thaw = resolve));
  }

  /** Lets pass what was held. */
  thaw(): void {
    this.#thaw();
    this.#frozen = undefined;
  }

  /** Each piece of data waits so long, each way. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** A wire as new; connections accepted while deaf stay dead. */
  heal(): void {
    this.#deaf = false;
    this.#delayMs = 0;
    this.thaw();
  }

  #accept(near: Socket): void {
    this.#sockets.add(near);
    near.on('error', () => near.destroy());
    near.on('close', () => this.#sockets.delete(near));
    if (this.#deaf || this.#target === undefined) {
      near.resume();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    far.setNoDelay(true);
    near.setNoDelay(true);
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(this.#gate()).pipe(far);
    far.pipe(this.#gate()).pipe(near);
  }

  #gate(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done: TransformCallback) => {
        if (this.#frozen === undefined && this.#delayMs === 0) return done(null, chunk);
        void this.#wait().then(() => done(null, chunk));
      },
    });
  }

  async #wait(): Promise<void> {
    if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
    await this.#frozen;
  }
}
