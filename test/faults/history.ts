import { isDeepStrictEqual } from 'node:util';
import { EventCatalog } from '#lib/engine/catalog.js';
import type { CommandOutcome } from '#lib/engine/commands/call.js';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import type { AnyHandling, Decider, Owner } from '#lib/engine/model/aggregate.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Reaction } from '#lib/engine/model/process.js';
import type { Settings } from '#lib/domain/settings.js';
import { deciders } from '#lib/domain/deciders.js';
import { domainEvents } from '#lib/domain/events.js';
import { processes } from '#lib/processes/processes.js';
import { counter } from '../engine/tallies.js';
import { ManualClock } from '../support/clock.js';
import { recordsInMemory } from '../support/records.js';
import { settings } from '../support/settings.js';
import { MemoryStore } from './memory-store.js';

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

/** The whole domain with its processes on a log in memory: every event is reacted to at once, timers when time passes. */
export class History {
  readonly clock = new ManualClock();
  readonly #store = new MemoryStore();
  readonly #engine: CommandEngine<Settings>;
  readonly #processes: ReturnType<typeof processes>;
  readonly #timers = new Map<string, Extract<Reaction, { setTimer: string }>>();
  #reacted = 0;

  constructor(autoCertify: boolean) {
    const own = { ...settings, autoCertify, graceDays: 30 };
    this.#processes = processes(own);
    this.#engine = new CommandEngine({
      deciders: checked,
      store: this.#store,
      records: recordsInMemory(),
      catalog: new EventCatalog(domainEvents),
      clock: this.clock,
      settings: own,
      settlement: { ignores: () => true, settle: async () => true },
      solelyOurs: true,
    });
  }

  get log() {
    return this.#store.log;
  }

  /** Sends a command, at the revision that is there, and lets everything follow from it. */
  async send(type: CommandClass, input: object, caller = everything): Promise<CommandOutcome> {
    let outcome = await this.#execute(type, input, caller, null);
    if (outcome.kind === 'revisionRequired') outcome = await this.#execute(type, input, caller, outcome.actual);
    await this.#react();
    return outcome;
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    for (const [id, timer] of this.#timers) {
      if (timer.dueAt > this.clock.now()) continue;
      this.#timers.delete(id);
      await this.#execute(timer.issue, timer.input, everything, null);
    }
    await this.#react();
  }

  #execute(type: CommandClass, input: object, caller: Owner, expectedRevision: number | null): Promise<CommandOutcome> {
    const role = caller.tenantId ? 'customer.globalAdmin' : caller.publisherId ? 'publisher.owner' : 'system';
    const actor = { kind: 'system', id: 'history', role, personId: 'admin' } as const;
    return this.#engine.execute(Object.assign(new type(), input), { ...counter, actor, caller, expectedRevision });
  }

  async #react(): Promise<void> {
    while (this.#reacted < this.log.length) {
      const event = this.log[this.#reacted];
      this.#reacted += 1;
      if (!event) return;
      for (const { name, on } of this.#processes) {
        for (const reaction of on[event.type]?.(structuredClone(event)) ?? []) {
          if ('clearTimer' in reaction) this.#timers.delete(`${name}/${reaction.clearTimer}`);
          else if ('setTimer' in reaction) this.#timers.set(`${name}/${reaction.setTimer}`, reaction);
          // Nothing is asked of the outside here: leads are not sent, and package URLs by the setting not asked.
          else if ('issue' in reaction) await this.#execute(reaction.issue, reaction.input, everything, null);
        }
      }
    }
  }
}
