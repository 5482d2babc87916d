import { readConfig, type Config } from './config/config.js';
import type { Environment } from './config/given.js';
import { reasonOf } from './reason.js';

export interface Begun {
  /** What whoever started it is told, a line each. */
  readonly said: readonly string[];
  close(): Promise<void>;
}

/** A stop that takes longer is cut off: everything acknowledged is in the stores anyway. */
const drainWithinMs = 10_000;

const advice = {
  damaged: 'Restore the data folder from a backup, or choose another one.',
  away: 'See that the addresses in SEATLEDGER_EVENTS and SEATLEDGER_VIEWS are right and their servers run.',
};

/**
 * A whole process: reads the configuration, begins, and ends in good order when it is asked to. A start that is refused
 * says why and ends with 1; stores that fail for good end it with 70.
 */
export async function runProcess(
  environment: Environment,
  begin: (config: Config, onFatal: () => void) => Promise<Begun>,
): Promise<void> {
  try {
    const { said, close } = await begin(readConfig(environment), () => process.exit(70));
    for (const line of said) console.log(line);
    const stop = (): void => void end(close);
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    console.error(reasonOf(error, advice) ?? error);
    process.exit(1);
  }
}

async function end(close: () => Promise<void>): Promise<void> {
  setTimeout(() => process.exit(1), drainWithinMs).unref();
  try {
    await close();
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
