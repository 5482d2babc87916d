import { Command, CommanderError } from 'commander';
import { MongoSetupError } from '#lib/adapters/mongodb/errors.js';
import { DataFolderError } from '#lib/adapters/sqlite/data-file.js';
import { StoreCorruptError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { TransferError } from '#lib/engine/transfer/format.js';
import { ConfigError } from '#lib/product/config/config.js';
import { contents } from './contents.js';
import { addAudit } from './groups/audit.js';
import { addHistories } from './groups/histories.js';
import { addKeeping } from './groups/keeping.js';
import { addKeys } from './groups/keys.js';
import { addLookingAround } from './groups/looking-around.js';
import { addMoving } from './groups/moving.js';
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
    stderr.write(`${signal.aborted ? stopped : reasonOf(error)}\n`);
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
  addKeys(program, surroundings);
  addAudit(program, surroundings);
  addKeeping(program, surroundings);
  addMoving(program, surroundings);
  addHistories(program, surroundings);
  addLookingAround(program, surroundings);
  return program;
}

const stopped = 'Stopped. An import or a generation that is run again in the same way goes on from here.';
const saysWhatToDo = [TransferError, RefusedError, DataFolderError, MongoSetupError];

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (saysWhatToDo.some((kind) => error instanceof kind)) return message;
  if (error instanceof ConfigError) return `The configuration is not usable:\n${message}`;
  if (error instanceof StoreCorruptError) return `${message}\nRestore it from a backup.`;
  if (error instanceof StoreUnavailableError) return `${message}\nThen run the same command again.`;
  if (systemCode(error) === 'EPIPE') return 'Nobody reads the output any more.';
  if (systemCode(error) === 'ENOSPC') return `${message}\nMake room on the device, then run the same command again.`;
  return (error instanceof Error && error.stack) || message;
}
