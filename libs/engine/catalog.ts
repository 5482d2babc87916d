import { addressOf, type Recorded } from './model/envelope.js';
import type { EventClass, EventData } from './model/message.js';
import { faultOf } from './schema.js';

/** An event of a type that this build does not know, or newer than it knows: deciders refuse, views skip. */
export class UnknownEventError extends Error {}

/** A stored event that breaks its own declaration: deciders refuse, views park what it touches. */
export class BrokenEventError extends Error {}

/** All events by their stored name: checks them before they are written and brings old versions up to date when read. */
export class EventCatalog {
  readonly #classes = new Map<string, EventClass>();

  constructor(classes: readonly EventClass[]) {
    for (const declared of classes) {
      if (this.#classes.has(declared.type)) throw new Error(`Event ${declared.type} is declared twice.`);
      this.#classes.set(declared.type, declared);
    }
  }

  get types(): readonly string[] {
    return [...this.#classes.keys()];
  }

  knows(type: string): boolean {
    return this.#classes.has(type);
  }

  versionOf(type: string): number {
    return this.#of(type).v;
  }

  /** Throws if a decider made an event that breaks its declaration: a bug, found before it is written. */
  check({ type, data }: EventData): void {
    const fault = faultOf(this.#of(type), data);
    if (fault) throw new Error(`${type}: ${fault}`);
  }

  /** The event with its payload in today's version. Throws UnknownEventError or BrokenEventError. */
  read<E extends Recorded>(event: E): E {
    const declared = this.#of(event.type);
    let data: unknown = event.data;
    for (let version = event.meta.v; version < declared.v; version += 1) {
      const upcast = declared.upcasts?.[version];
      if (!upcast) throw new BrokenEventError(`${event.type}: no upcast from version ${version}.`);
      data = upcast(data as never);
    }
    if (event.meta.v > declared.v) {
      throw new UnknownEventError(`${event.type} of version ${event.meta.v} was written by a newer build.`);
    }
    const fault = faultOf(declared, data);
    if (fault) throw new BrokenEventError(`${addressOf(event)}: ${fault}`);
    return data === event.data ? event : { ...event, data };
  }

  #of(type: string): EventClass {
    const declared = this.#classes.get(type);
    if (!declared) throw new UnknownEventError(`Event type ${type} is not known to this build.`);
    return declared;
  }
}
