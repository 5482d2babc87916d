import type { Command } from 'commander';
import { backup, restore } from '../backup-command.js';
import type { Surroundings } from '../surroundings.js';

export function addKeeping(program: Command, surroundings: Surroundings): void {
  program.commandsGroup('Keeping a data folder:');
  program
    .command('backup')
    .description('copy log and records, also beside a server')
    .argument('<dir>', 'an empty one, or one that is not there yet')
    .option('--json', 'tell the result as JSON', false)
    .action((folder: string, { json }: { json: boolean }) => backup(folder, json, surroundings));
  program
    .command('restore')
    .description('make a data folder of a backup')
    .argument('<dir>', 'of the backup, which stays as it is')
    .requiredOption('--to <dir>', 'the new data folder: an empty one, or one that is not there yet')
    .option('--json', 'tell the result as JSON', false)
    .action((folder: string, { to, json }: { to: string; json: boolean }) => restore(folder, to, json, surroundings));
}
