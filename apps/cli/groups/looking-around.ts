import type { Command } from 'commander';
import { showConfig } from '../config-command.js';
import { doctor } from '../doctor-command.js';
import type { Surroundings } from '../surroundings.js';

export function addLookingAround(program: Command, surroundings: Surroundings): void {
  program.commandsGroup('Looking around:').helpCommand('help [command]', 'show how a command is used');
  program
    .command('config')
    .description('show every option, and where its value comes from')
    .option('--json', 'as JSON', false)
    .action(({ json }: { json: boolean }) => showConfig(json, surroundings));
  program
    .command('doctor')
    .description('look at stores, log, clock and disk; change nothing')
    .option('--json', 'tell the result as JSON', false)
    .action(({ json }: { json: boolean }) => doctor(json, surroundings));
}
