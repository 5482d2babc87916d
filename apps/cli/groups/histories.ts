import { Option, type Command } from 'commander';
import { shrinkPolicies } from '#lib/domain/seat-pool/messages.js';
import { generate, type GenerateChoice } from '../generate-command.js';
import { moment } from '../past.js';
import type { Surroundings } from '../surroundings.js';
import { showWhatIf, type WhatIfChoice } from '../what-if-command.js';
import { wholeNumber } from '../whole-number.js';

const mostEvents = 100_000_000;
const mostSeed = 2 ** 32 - 1;
const mostDays = 9_999;

export function addHistories(program: Command, surroundings: Surroundings): void {
  program.commandsGroup('Trying it out:');
  program
    .command('generate')
    .description('write an invented history into empty stores')
    .option('--events <count>', 'how many events, a few more at most', wholeNumber(1, mostEvents), 10_000)
    .option('--seed <number>', 'what the history follows from', wholeNumber(0, mostSeed), 1)
    .option('--json', 'tell the result as JSON', false)
    .action((choice: GenerateChoice) => generate(choice, surroundings));
  program
    .command('what-if')
    .description('what other settings or commands would come to')
    .requiredOption('--tenant <tenant>', "the customer's GUID")
    .option('--at <moment>', `when it begins: ${moment}`, 'now')
    .option('--until <instant>', 'how far time goes on; otherwise until nothing is due any more')
    .option('--grace-days <days>', 'days of grace after the last license', wholeNumber(0, mostDays))
    .option('--conflict-days <days>', 'days until a license conflict is due', wholeNumber(0, mostDays))
    .addOption(new Option('--shrink-policy <policy>', "of all the customer's pools").choices(shrinkPolicies))
    .option('--commands <file>', 'JSON: a list of { command, input, role, publisherId }')
    .option('--json', 'as JSON', false)
    .action((choice: WhatIfChoice) => showWhatIf(choice, surroundings));
}
