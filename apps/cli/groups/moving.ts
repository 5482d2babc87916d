import type { Command } from 'commander';
import { exportTo } from '../export-command.js';
import { importFrom, type ImportChoice } from '../import-command.js';
import type { Surroundings } from '../surroundings.js';

export function addMoving(program: Command, surroundings: Surroundings): void {
  program.commandsGroup('Moving to other stores:');
  program
    .command('export')
    .description('write log and records to a new file')
    .argument('<file>', 'a file that is not there yet, or - for standard output')
    .option('--json', 'tell the result as JSON', false)
    .action((file: string, { json }: { json: boolean }) => exportTo(file, json, surroundings));
  program
    .command('import')
    .description('bring an export into empty stores, or go on with it')
    .argument('<file>', 'what export wrote, or - for standard input')
    .option('--check', 'only read the file: is it whole and unchanged?', false)
    .option('--json', 'tell the result as JSON', false)
    .action((file: string, choice: ImportChoice) => importFrom(file, choice, surroundings));
}
