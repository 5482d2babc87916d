import { isDeepStrictEqual } from 'node:util';
import type { AnyHandling, Decider, Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { later } from '#lib/engine/model/instants.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import { deciders } from '#lib/domain/deciders.js';
import { World, type Sent } from '#lib/histories/world.js';
import { counter } from '../engine/tallies.js';
import { noon } from '../support/given.js';
import { settings } from '../support/settings.js';

/** Clones come from outside the tests' world, so that only clones can be compared with them. */
const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(structuredClone(a), structuredClone(b));

/** Decides on a copy first: the same must come of it, and the state that was given must be as it was. */
function decidedTwice(handles: AnyHandling): AnyHandling {
  return {
    ...handles,
    decide(state: unknown, command: object, context: Parameters<AnyHandling['decide']>[2]) {
      const before = structuredClone(state);
      const input = Object.assign(new handles.command() as object, structuredClone({ ...command }));
      const first = handles.decide(structuredClone(state), input, context);
      const second = handles.decide(state, command, context);
      const name = handles.command.type;
      if (!isSame(first, second)) throw new Error(`${name} was decided differently the second time.`);
      if (!isSame(state, before)) throw new Error(`Deciding ${name} changed the state.`);
      return second;
    },
  };
}

const checked = deciders.map((decider): Decider => ({ ...decider, handles: decider.handles.map(decidedTwice) }));
const everything: Owner = { installation: true };

/** The world of invented histories with every decision checked; anybody sends any command, and timers fire when time passes. */
export class History {
  readonly log: Recorded[] = [];
  readonly #world: World;
  readonly #due = new Map<string, string>();

  constructor(autoCertify: boolean) {
    const own = { ...settings, autoCertify, graceDays: 30 };
    const appended = (events: readonly Recorded[]): void => void this.log.push(...events);
    this.#world = new World(noon, own, appended, (id, dueAt) => void this.#due.set(id, dueAt), checked);
  }

  /** Sends a command, and lets everything follow from it. */
  send(type: CommandClass, input: object, caller = everything): Sent {
    const role = caller.tenantId ? 'customer.globalAdmin' : caller.publisherId ? 'publisher.owner' : 'system';
    const actor = { kind: 'system', id: 'history', role, personId: 'admin' } as const;
    return this.#world.send(type, input, { ...counter, actor, caller });
  }

  pass(ms: number): void {
    this.#world.now = later(this.#world.now, ms);
    for (const [id, dueAt] of this.#due) {
      if (dueAt > this.#world.now) continue;
      this.#due.delete(id);
      this.#world.fire(id, dueAt);
    }
  }
}
