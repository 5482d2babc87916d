import { Help, type Command } from 'commander';

/**
 * Help that reads like a table of contents: below its heading each command in a line of its own, those of commands too.
 * What a command takes stands in its own help.
 */
export const contents: Partial<Help> = {
  visibleCommands(command) {
    const visible = Help.prototype.visibleCommands.call(this, command);
    return visible.flatMap((each) => (each.commands.length === 0 ? each : each.commands));
  },
  subcommandTerm: (command) => namesOf(command).join(' '),
};

/** But for the program's. */
function namesOf(command: Command): string[] {
  const { parent } = command;
  return [...(parent?.parent ? namesOf(parent) : []), command.name()];
}
