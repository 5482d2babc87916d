/**
 * A signal that aborts with the first of some, until it is released. `AbortSignal.any` leaves something behind in each, and
 * in Node 20 a signal that was made by it may be collected with its listeners, which then never hear of the end.
 */
export function firstAbort(...signals: readonly AbortSignal[]): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = ({ target }: { readonly target: EventTarget | null }): void =>
    controller.abort((target as AbortSignal).reason);
  const release = (): void => signals.forEach((signal) => signal.removeEventListener('abort', abort));
  for (const signal of signals) {
    if (signal.aborted) abort({ target: signal });
    else signal.addEventListener('abort', abort);
  }
  return { signal: controller.signal, release };
}
