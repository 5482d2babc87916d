import { openKurrentLog } from '#lib/adapters/kurrentdb/open.js';
import { openMongo } from '#lib/adapters/mongodb/open.js';
import { examineLog, examineRecords, recordIn } from '#lib/adapters/sqlite/examine.js';
import { systemClock } from '#lib/engine/ports/clock.js';
import { silent } from '#lib/engine/ports/logger.js';
import { requireWholeImport } from '#lib/engine/transfer/import-mark.js';
import { readConfig, type Config } from '#lib/product/config/config.js';
import { hostsOf } from '#lib/product/config/parsers.js';
import { spaceOf } from '#lib/product/free-space.js';
import { amount, whileReading } from './progress.js';
import { RefusedError, type Surroundings } from './surroundings.js';

/** What a look at one thing found; of what is not well, the detail says what to do. */
interface Finding {
  readonly check: string;
  readonly isWell: boolean;
  readonly detail: string;
}

/** Below this, what comes next may be an answer that there is no space. */
const leastFreeBytes = 1024 ** 3;
/** Clocks of one installation may differ by so much. */
const clocksDifferMs = 60_000;

/** Looks at everything that an installation stands on, also beside its server, and changes nothing. */
export async function doctor(json: boolean, surroundings: Surroundings): Promise<void> {
  const { environment, signal, stdout } = surroundings;
  const config = readConfig(environment);
  const findings: Finding[] = [];
  for (const [check, look] of checksOf(config, surroundings)) {
    findings.push(await finding(check, look));
    signal.throwIfAborted();
  }
  const lines = findings.map(({ check, isWell, detail }) => `${isWell ? 'well' : 'BAD '}  ${check}: ${detail}`);
  stdout.write(json ? `${JSON.stringify({ findings })}\n` : `${lines.join('\n')}\n`);
  const bad = findings.filter(({ isWell }) => !isWell).length;
  if (bad > 0) throw new RefusedError(`${amount(bad, 'check')} of ${findings.length} found something to be put right.`);
}

async function finding(check: string, look: () => string | Promise<string>): Promise<Finding> {
  try {
    return { check, isWell: true, detail: await look() };
  } catch (error) {
    return { check, isWell: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

type Check = readonly [check: string, look: () => string | Promise<string>];

function checksOf(config: Config, surroundings: Surroundings): readonly Check[] {
  const { data, events, views } = config;
  const isInFolder = events === null || views === null;
  return [
    ['program', () => `Node ${process.versions.node}`],
    events === null ? ['log', () => logOf(data, surroundings)] : ['log', () => kurrentLog(events, config)],
    views === null ? ['records', () => recordsOf(data)] : ['records', () => mongoRecords(views, config)],
    ...(isInFolder ? [['disk', () => spaceIn(data)] as const] : []),
  ];
}

async function logOf(data: string, surroundings: Surroundings): Promise<string> {
  const { events, lastRecordedAt, head } = await whileReading('Reading the log:', surroundings, (watching) =>
    examineLog(data, watching),
  );
  requireRightClock(lastRecordedAt);
  return `${amount(events, 'event')}, all as they were written, up to ${head}`;
}

/** An event of the future is one of a machine whose clock is right, if this one's is not. */
function requireRightClock(lastRecordedAt: string | null): void {
  const now = systemClock.now();
  if (lastRecordedAt === null || Date.parse(lastRecordedAt) - Date.parse(now) <= clocksDifferMs) return;
  throw new Error(
    `The last event was recorded at ${lastRecordedAt}, and by this machine's clock it is ${now}. Set the clock right: ` +
      'deadlines are compared with it.',
  );
}

async function recordsOf(data: string): Promise<string> {
  const count = examineRecords(data);
  await requireWholeImport({
    get: async (table, key) => {
      const value = recordIn(data, table, key);
      return value && { table, key, value, version: 1, sort: null };
    },
  });
  return `${amount(count, 'record')}, with their indexes`;
}

async function kurrentLog(url: string, { namespace }: Config): Promise<string> {
  const log = await openKurrentLog({ url, namespace, log: silent });
  try {
    return `KurrentDB at ${hostsOf(url)} answers, up to ${await log.head()}`;
  } finally {
    await log.close();
  }
}

async function mongoRecords(url: string, { leaseTermMs }: Config): Promise<string> {
  const { records, close } = await openMongo({ url, leaseTermMs, log: silent });
  try {
    await requireWholeImport(records);
    return `MongoDB at ${hostsOf(url)} answers`;
  } finally {
    await close();
  }
}

async function spaceIn(data: string): Promise<string> {
  return enough((await spaceOf(data)).free, data);
}

/** Throws if that is too little for what is to come. */
export function enough(freeBytes: number, data: string): string {
  const free = `${Math.floor(freeBytes / 1024 ** 2).toLocaleString('en-US')} MiB are free`;
  if (freeBytes >= leastFreeBytes) return free;
  throw new Error(`${free} on the device of ${data}. Make room: the log only grows.`);
}
