import type { Command } from 'commander';
import { retryParked, showParked, showSkips, skipEvent, withdrawSkip } from '../parked-command.js';
import type { Surroundings } from '../surroundings.js';

const ofView = 'a name as status shows it';
const ofEvent = '<stream>@<revision>, as parked shows it';

interface Choice {
  readonly json: boolean;
}

/** Within the group of the views. */
export function addParked(program: Command, surroundings: Surroundings): void {
  const parked = program
    .command('parked')
    .description('documents that wait behind an event which could not be folded: show them, do something about them');
  parked.commandsGroup('Views of a running server:');
  parked
    .command('list', { isDefault: true })
    .description('show what waits, and why')
    .argument('[view]', `${ofView}; none: all`)
    .option('--json', 'as JSON', false)
    .action((view: string | undefined, { json }: Choice) => showParked(view, json, surroundings));
  parked
    .command('retry')
    .description('fold all that waits in a view again')
    .argument('<view>', ofView)
    .option('--json', 'tell the result as JSON', false)
    .action((view: string, { json }: Choice) => retryParked(view, json, surroundings));
  parked
    .command('skip')
    .description('leave an event out of a view; fold what waits')
    .argument('<view>', ofView)
    .argument('<event>', ofEvent)
    .requiredOption('--reason <text>', 'why; it is kept')
    .option('--json', 'tell the result as JSON', false)
    .action((view: string, event: string, choice: Choice & { reason: string }) =>
      skipEvent(view, event, choice, surroundings),
    );
  parked
    .command('skips')
    .description('show the events that a view leaves out')
    .argument('<view>', ofView)
    .option('--json', 'as JSON', false)
    .action((view: string, { json }: Choice) => showSkips(view, json, surroundings));
  parked
    .command('withdraw')
    .description('take a skip back: the view is built anew with the event')
    .argument('<view>', ofView)
    .argument('<event>', ofEvent)
    .option('--json', 'tell the result as JSON', false)
    .action((view: string, event: string, { json }: Choice) => withdrawSkip(view, event, json, surroundings));
}
