import type { EventCatalog } from '../catalog.js';
import type { StoredEvent } from '../ports/event-store.js';

/** An event as it lies in the log, brought up to date once for all views that listen to it. */
export class LoggedEvent {
  #current: StoredEvent | null = null;

  constructor(
    readonly stored: StoredEvent,
    private readonly catalog: EventCatalog,
  ) {}

  /** Throws UnknownEventError or BrokenEventError. */
  get current(): StoredEvent {
    return (this.#current ??= this.catalog.read(this.stored));
  }
}
