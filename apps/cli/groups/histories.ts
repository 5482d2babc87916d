import type { Command } from 'commander';
import { generate, type GenerateChoice } from '../generate-command.js';
import type { Surroundings } from '../surroundings.js';
import { wholeNumber } from '../whole-number.js';

const mostEvents = 100_000_000;
const mostSeed = 2 ** 32 - 1;

export function addHistories(program: Command, surroundings: Surroundings): void {
  program.commandsGroup('Trying it out:');
  program
    .command('generate')
    .description('write an invented history into empty stores')
    .option('--events <count>', 'how many events, a few more at most', wholeNumber(1, mostEvents), 10_000)
    .option('--seed <number>', 'what the history follows from', wholeNumber(0, mostSeed), 1)
    .option('--json', 'tell the result as JSON', false)
    .action((choice: GenerateChoice) => generate(choice, surroundings));
}
