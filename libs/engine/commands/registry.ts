import type { AnyDecider, AnyHandling } from '../model/aggregate.js';

/** A command's decider and how it handles it. */
export interface Registered {
  readonly decider: AnyDecider;
  readonly handles: AnyHandling;
}

/** Every command by its stored name. Fails on a doubled command, category or event: exactly one handler each. */
export function registerCommands(deciders: readonly AnyDecider[]): ReadonlyMap<string, Registered> {
  const commands = new Map<string, Registered>();
  const categories = new Set<string>();
  for (const decider of deciders) {
    if (categories.has(decider.category)) throw new Error(`Two deciders are called ${decider.category}.`);
    categories.add(decider.category);
    for (const handles of decider.handles) {
      const { type } = handles.command;
      if (commands.has(type)) throw new Error(`Command ${type} has two handlers.`);
      commands.set(type, { decider, handles });
    }
  }
  return commands;
}
