import type { AnyHandling, Decider } from '../model/aggregate.js';

/** A command's decider and how it handles it. */
export interface Registered {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly decider: Decider<any>;
  readonly handles: AnyHandling;
}

/** Every command by its stored name. Fails on a doubled command, category or event: exactly one handler each. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function registerCommands(deciders: readonly Decider<any>[]): ReadonlyMap<string, Registered> {
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
