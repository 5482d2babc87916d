import type { Command } from 'commander';
import { showConfig } from '../config-command.js';
import type { Surroundings } from '../surroundings.js';

export function addLookingAround(program: Command, surroundings: Surroundings): void {
  program.commandsGroup('Looking around:');
  program
    .command('config')
    .description('show every option, and where its value comes from')
    .option('--json', 'as JSON', false)
    .action(({ json }: { json: boolean }) => showConfig(json, surroundings));
}
