import { Command, CommanderError } from 'commander';
import { MongoSetupError } from '#lib/adapters/mongodb/errors.js';
import { DataFolderError } from '#lib/adapters/sqlite/data-file.js';
import { StoreCorruptError, StoreUnavailableError } from '#lib/engine/ports/event-store.js';
import { TransferError } from '#lib/engine/transfer/format.js';
import { ConfigError } from '#lib/product/config/config.js';
import { showConfig } from './config-command.js';
import { exportTo } from './export-command.js';
import { importFrom, type ImportChoice } from './import-command.js';
import { RefusedError, systemCode, type Surroundings } from './surroundings.js';

/** What a command ends with. */
export const exitCodes = { done: 0, refused: 1, usage: 2 } as const;

const notes = `
The stores are those of the environment, as for the server: \`seatledger config\` shows them.
An export holds people, hashes of keys and the server's secret: keep it like those.
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
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })
    .addHelpText('after', notes);

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

  program.commandsGroup('Looking around:');
  program
    .command('config')
    .description('show every option, and where its value comes from')
    .option('--json', 'as JSON', false)
    .action(({ json }: { json: boolean }) => showConfig(json, surroundings));
  return program;
}

const stopped = 'Stopped. An import that is run again with the same file goes on from here.';
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
