import type { Call } from '#lib/engine/commands/call.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import { callOfSystem, orderOf, timerOrder } from '#lib/engine/processes/issuer.js';
import type { AnyProcessManager, Reaction } from '#lib/engine/model/process.js';
import type { Settings } from '#lib/domain/settings.js';
import { processes } from '#lib/processes/processes.js';
import type { Beside } from './beside.js';

/** What happens by itself: every process sees every event in order, and what it issues is carried out at once. */
export class Reactions {
  readonly #processes: readonly AnyProcessManager[];
  #unseen: Recorded[] = [];

  constructor(
    settings: Settings,
    private readonly beside: Beside,
    private readonly timerSet: (id: string, dueAt: string) => void,
    private readonly carryOut: (type: CommandClass, input: object, call: Call) => void,
  ) {
    this.#processes = processes(settings);
  }

  follow(events: readonly Recorded[]): void {
    for (const event of events) this.#unseen.push(event);
  }

  /** Until nothing follows any more. */
  settle(): void {
    for (let next = 0; ; next += 1) {
      const event = this.#unseen[next];
      if (!event) break;
      for (const process of this.#processes) {
        const reactions: readonly Reaction[] = process.on[event.type]?.(event) ?? [];
        for (const [index, reaction] of reactions.entries()) this.#follow(process.name, event, index, reaction);
      }
    }
    this.#unseen = [];
  }

  fire(id: string, dueAt: string): void {
    const timer = this.beside.takeTimer(id, dueAt);
    if (!timer) return;
    const { name, key } = timerOrder(timer.process, timer);
    this.carryOut(timer.command, timer.input, callOfSystem(name, key, timer.cause));
  }

  #follow(process: string, event: Recorded, index: number, reaction: Reaction): void {
    if ('clearTimer' in reaction) this.beside.clearTimer(`${process}/${reaction.clearTimer}`);
    else if ('setTimer' in reaction) {
      const { dueAt, issue, input } = reaction;
      const id = `${process}/${reaction.setTimer}`;
      const { type: command, ...order } = orderOf(event, index, issue, input);
      this.beside.setTimer(id, { process, id: reaction.setTimer, dueAt, command, ...order });
      this.timerSet(id, dueAt);
    } else if ('eraseRecord' in reaction) this.beside.erase(reaction.eraseRecord);
    else if ('request' in reaction) this.beside.requested(process, reaction.request, event);
    else {
      const { type, input, key, cause } = orderOf(event, index, reaction.issue, reaction.input);
      this.carryOut(type, input, callOfSystem(process, key, cause));
    }
  }
}
