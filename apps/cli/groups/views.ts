import { Argument, type Command } from 'commander';
import type { Surroundings } from '../surroundings.js';
import { wholeNumber } from '../whole-number.js';
import {
  askOperation,
  rebuildViews,
  showStatus,
  verifyViews,
  type RebuildChoice,
  type VerifyChoice,
} from '../view-commands.js';

const acts = ['pause', 'resume', 'cancel', 'switch', 'roll-back', 'finish'];

export function addViews(program: Command, surroundings: Surroundings): void {
  program.commandsGroup('Views of a running server:');
  program
    .command('status')
    .description('show how far every view is, and what waits')
    .option('--json', 'as JSON', false)
    .action(({ json }: { json: boolean }) => showStatus(json, surroundings));
  program
    .command('rebuild')
    .description('build views anew; switch to them if nothing differs')
    .argument('[views...]', 'names as status shows them; none: all')
    .option('--by-hand', 'switch only when asked to', false)
    .option('--no-wait', 'only begin')
    .option('--json', 'tell the result as JSON', false)
    .action((views: string[], choice: RebuildChoice) => rebuildViews(views, choice, surroundings));
  program
    .command('verify')
    .description('fold the whole log again and compare; nothing stays')
    .argument('[views...]', 'names as status shows them; none: all')
    .option('--sample <documents>', 'compare so many of each view, from their streams alone', wholeNumber(1, 1_000))
    .option('--json', 'tell the result as JSON', false)
    .action((views: string[], choice: VerifyChoice) => verifyViews(views, choice, surroundings));
  program
    .command('operation')
    .description('show an operation, or ask it to go another way')
    .argument('<id>', 'as rebuild and status tell it')
    .addArgument(new Argument('[act]', 'what to ask').choices(acts))
    .option('--json', 'tell the result as JSON', false)
    .action((id: string, act: string | undefined, { json }: { json: boolean }) =>
      askOperation(id, act, json, surroundings),
    );
}
