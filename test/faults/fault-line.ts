class CallFailed extends Error {}

/** What happens at the k-th call of a port: before it is carried out, or after it was and before anybody hears of it. */
export interface Fault {
  readonly at: number;
  readonly when: 'before' | 'after';
  /** The process dies: nothing is answered any more. Else this one call fails and the next ones work. */
  readonly fatal: boolean;
}

/** Counts the calls of ports, each page that is asked for included, and lets one of them fail. */
export class FaultLine {
  calls = 0;
  /** Resolves when the fault has happened. */
  readonly reached: Promise<void>;
  #reach: () => void = () => undefined;

  constructor(private readonly fault: Fault) {
    this.reached = new Promise((resolve) => (this.#reach = resolve));
  }

  /** The same port with every call going through here. */
  through<P extends object>(port: P): P {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const call = () => Reflect.apply(member, target, args) as Promise<unknown>;
          if (name !== 'follow' && name !== 'read' && name !== 'snapshot') return this.#pass(call);
          return this.#pages(Reflect.apply(member, target, args) as AsyncIterable<unknown>);
        };
      },
    });
  }

  async *#pages(pages: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const iterator = pages[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#pass(() => iterator.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  async #pass<T>(act: () => Promise<T>): Promise<T> {
    const call = (this.calls += 1);
    const { at, when, fatal } = this.fault;
    if (call < at || (call > at && !fatal)) return act();
    if (call === at && when === 'after') await act();
    this.#reach();
    if (fatal) return new Promise(() => undefined);
    throw new CallFailed(`call ${call}`);
  }
}
