import type { ServerWritableStream } from '@grpc/grpc-js';
import type { streams } from './stubs.js';

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

/** The way out to one reader, at the reader's pace. */
export class Outlet {
  /** Nobody is there to read any more. */
  readonly closed: Promise<void>;
  #open = true;
  #drained: () => void = () => undefined;
  #close: () => void = () => undefined;

  constructor(private readonly call: ReadCall) {
    this.closed = new Promise((resolve) => {
      this.#close = () => {
        this.#open = false;
        this.#drained();
        resolve();
      };
    });
    call.on('drain', () => this.#drained());
    call.on('cancelled', () => this.#close());
  }

  get open(): boolean {
    return this.#open;
  }

  /** Goes on when the reader is ready for more; true if that took a while. */
  async send(message: streams.ReadResp): Promise<boolean> {
    if (!this.#open || this.call.write(message)) return false;
    await new Promise<void>((resolve) => (this.#drained = resolve));
    return true;
  }

  end(): void {
    if (this.#open) this.call.end();
    this.#close();
  }

  fail(error: unknown): void {
    if (this.#open) this.call.emit('error', error);
    this.#close();
  }
}
