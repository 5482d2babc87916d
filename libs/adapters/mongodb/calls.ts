import { StoreUnavailableError } from '../../engine/ports/event-store.js';
import { asUnwritten, asWritten } from './errors.js';

/** The calls of one store: what fails is told in the ports' words, closing waits for those under way, later ones are refused. */
export class Calls {
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosing = false;

  /** Reads, or changes in a transaction: if it fails, it has changed nothing, unless it says that this is not known. */
  read<T>(act: () => Promise<T>): Promise<T> {
    return this.#call(act, asUnwritten);
  }

  /** Changes outside a transaction. */
  write<T>(act: () => Promise<T>): Promise<T> {
    return this.#call(act, asWritten);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled(this.#underWay);
  }

  async #call<T>(act: () => Promise<T>, asError: (error: unknown) => unknown): Promise<T> {
    if (this.#isClosing) throw new StoreUnavailableError('The store is shutting down.');
    const call = act();
    this.#underWay.add(call);
    try {
      return await call;
    } catch (error) {
      throw asError(error);
    } finally {
      this.#underWay.delete(call);
    }
  }
}
