import type { EventCatalog } from '../catalog.js';
import { commandIdOf } from '../commands/call.js';
import { requestKey } from '../model/delivery.js';
import type { Recorded } from '../model/envelope.js';
import type { AnyProcessManager, Reaction } from '../model/process.js';
import type { Position, StoredEvent } from '../ports/event-store.js';
import type { RecordChange } from '../ports/records.js';
import { callOfSystem, orderOf, requestOrder, timerOrder, type Cause } from '../processes/issuer.js';
import type { ParkedStream } from '../processes/parked-streams.js';
import { requestChange } from '../processes/requests.js';
import { timerChange } from '../processes/timers.js';

/** What a process has set and not cleared, with the ID of the command that it ends with. */
interface Open {
  readonly commandId: string;
  readonly causationId: string;
  readonly change: RecordChange;
}

export interface ProcessUntilOptions {
  readonly process: AnyProcessManager;
  readonly catalog: EventCatalog;
  /** How far it had come when its records were copied. */
  readonly reached: Position;
  /** IDs of events whose results are cut off. */
  readonly causes: ReadonlySet<string>;
  /** Of this process: their events wait. */
  readonly parked: readonly ParkedStream[];
  readonly beginning: Position;
}

/**
 * A process as it was when the log ended earlier: it has handled every event before the first whose results are missing
 * now, and goes on from there. Events are followed with commands off; what that one has set and asked for is kept.
 */
export class ProcessUntil {
  /** It has handled the events up to here. */
  place: Position;
  readonly timers = new Map<string, Open>();
  /** The last of each ID. */
  readonly requests = new Map<string, Open>();
  readonly #ends = new Map<string, () => void>();
  #goesOnHere = false;

  constructor(private readonly options: ProcessUntilOptions) {
    this.place = options.beginning;
  }

  /** Every event of the log before the cut, in order. */
  pass(event: StoredEvent): void {
    this.#ends.get(event.meta.commandId)?.();
    if (this.#goesOnHere) return;
    const reactions = this.#reactionsTo(event);
    if (reactions === null) this.#goesOnHere = true;
    else {
      reactions.forEach((reaction, index) => this.#follow(event, index, reaction));
      this.place = event.position;
    }
  }

  /** Null: this is where it goes on. What cannot be handled is parked there, as it was the first time. */
  #reactionsTo(event: StoredEvent): readonly Reaction[] | null {
    const { process, catalog, reached, causes, parked } = this.options;
    if (event.position > reached || causes.has(event.id)) return null;
    const handle = process.on[event.type];
    const waits = ({ stream, first, last }: ParkedStream) =>
      stream === event.stream && first <= event.revision && event.revision <= last;
    if (!handle || parked.some(waits)) return [];
    try {
      return handle(catalog.read(event));
    } catch {
      return null;
    }
  }

  #follow(event: Recorded, index: number, reaction: Reaction): void {
    const { name } = this.options.process;
    if ('clearTimer' in reaction) this.#clear(this.timers, reaction.clearTimer);
    else if ('setTimer' in reaction) {
      const { setTimer: id, dueAt, issue, input } = reaction;
      const order = orderOf(event, index, issue.type, input);
      const change = timerChange(name, id, { dueAt, ...order });
      this.#set(this.timers, id, order.cause, timerOrder(name, { key: order.key, dueAt }), change);
    } else if ('request' in reaction) {
      const { type: kind, ...order } = orderOf(event, index, reaction.kind.type, reaction.input);
      const change = requestChange(name, reaction.request, { kind, ...order }, event.meta.recordedAt);
      this.#set(this.requests, requestKey(name, reaction.request), order.cause, requestOrder(name, order), change);
    }
  }

  #set(
    all: Map<string, Open>,
    id: string,
    cause: Cause,
    order: { readonly name: string; readonly key: string },
    change: RecordChange,
  ): void {
    this.#clear(all, id);
    const commandId = commandIdOf(callOfSystem(order.name, order.key, cause));
    all.set(id, { commandId, causationId: cause.causationId, change });
    this.#ends.set(commandId, () => this.#clear(all, id));
  }

  #clear(all: Map<string, Open>, id: string): void {
    const open = all.get(id);
    if (!open) return;
    this.#ends.delete(open.commandId);
    all.delete(id);
  }
}
