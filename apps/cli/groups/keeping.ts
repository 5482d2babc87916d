import type { Command } from 'commander';
import { backup } from '../backup-command.js';
import { restore, type RestoreChoice } from '../restore-command.js';
import type { Surroundings } from '../surroundings.js';
import { moment } from '../past.js';

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
    .description('make a data folder of a backup, whole or as of then')
    .argument('<dir>', 'of the backup, which stays as it is')
    .requiredOption('--to <dir>', 'the new data folder: an empty one, or one that is not there yet')
    .option('--at <moment>', `as it was then: ${moment}`)
    .option('--json', 'tell the result as JSON', false)
    .action((folder: string, choice: RestoreChoice) => restore(folder, choice, surroundings));
}
