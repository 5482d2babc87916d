import { Command, CommanderError } from 'commander';
import { reasonOf } from '#lib/product/reason.js';
import { contents } from './contents.js';
import { addAudit } from './groups/audit.js';
import { addHistories } from './groups/histories.js';
import { addKeeping } from './groups/keeping.js';
import { addKeys } from './groups/keys.js';
import { addLookingAround } from './groups/looking-around.js';
import { addMoving } from './groups/moving.js';
import { addParked } from './groups/parked.js';
import { addViews } from './groups/views.js';
import { RefusedError, systemCode, type Surroundings } from './surroundings.js';

/** What a command ends with. */
export const exitCodes = { done: 0, refused: 1, usage: 2 } as const;

const notes = `
Stores are those of the environment, as for the server: \`seatledger config\` shows them. A running server is asked at
SEATLEDGER_SERVER with the API key in SEATLEDGER_KEY.
An export and a backup hold people, hashes of keys and the server's secret: keep them like those.
Exit codes: 0 done; 1 refused or failed, with what to do; 2 wrong usage.`;

/** Runs one command. Never rejects: answers the exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stderr, signal } = surroundings;
  try {
    await programOf(surroundings).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    stderr.write(`${signal.aborted ? stopped : told(error)}\n`);
    return exitCodes.refused;
  }
}

function programOf(surroundings: Surroundings): Command {
  const { stdout, stderr } = surroundings;
  const program = new Command('seatledger')
    .description('Licensing of a commercial marketplace: what operators do from the command line.')
    .exitOverride()
    .configureHelp(contents)
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })
    .addHelpText('after', notes);

  addViews(program, surroundings);
  addParked(program, surroundings);
  addKeys(program, surroundings);
  addAudit(program, surroundings);
  addKeeping(program, surroundings);
  addMoving(program, surroundings);
  addHistories(program, surroundings);
  addLookingAround(program, surroundings);
  return program;
}

const stopped = 'Stopped. An import or a generation that is run again in the same way goes on from here.';
const advice = { damaged: 'Restore it from a backup.', away: 'Then run the same command again.' };

function told(error: unknown): string {
  if (error instanceof RefusedError) return error.message;
  const reason = reasonOf(error, advice);
  if (reason !== null) return reason;
  const message = error instanceof Error ? error.message : String(error);
  if (systemCode(error) === 'EPIPE') return 'Nobody reads the output any more.';
  if (systemCode(error) === 'ENOSPC') return `${message}\nMake room on the device, then run the same command again.`;
  return (error instanceof Error && error.stack) || message;
}
