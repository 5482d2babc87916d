import { MongoClient, MongoCompatibilityError, MongoServerSelectionError, type MongoClientOptions } from 'mongodb';
import { StoreUnavailableError } from '../../engine/ports/event-store.js';
import type { Logger } from '../../engine/ports/logger.js';
import { asUnwritten, MongoSetupError } from './errors.js';

/** How long is waited for what, in milliseconds. */
export const waits = {
  /** For a server that can write: longer than that is an election, and whoever asked is told to come again. */
  primary: 5_000,
  connect: 5_000,
  /** For a server to be there when this starts: what is started together need not be ready together. */
  opening: 15_000,
  /** For the answer to one command. */
  answer: 30_000,
  /** For one of the connections, when all are busy. */
  turn: 5_000,
  /** For a majority to have what was written on its disks. */
  acknowledgement: 10_000,
  /** For a transaction to go through that others stand in the way of, or whose commit got no answer. */
  transaction: 15_000,
  /** For an index to be made of what is there. */
  index: 6 * 3_600_000,
} as const;

export type Waits = { readonly [K in keyof typeof waits]: number };

export interface ConnectionOptions {
  /** As MongoDB writes it: `mongodb://…` or `mongodb+srv://…`; the database is `seatledger` if it names none. */
  readonly url: string;
  readonly log: Logger;
  readonly waits?: Partial<Waits>;
}

/** Throws MongoSetupError if the server is not one that this works with, StoreUnavailableError if there is none. */
export async function connect(url: string, waiting: Waits, log: Logger): Promise<MongoClient> {
  for (const until = performance.now() + waiting.opening; ;) {
    try {
      return await connectOnce(url, waiting, log);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || performance.now() > until) throw error;
      log.warn({ error: error.message }, 'MongoDB cannot be reached; trying again');
    }
  }
}

async function connectOnce(url: string, waiting: Waits, log: Logger): Promise<MongoClient> {
  const client = new MongoClient(url, optionsOf(waiting));
  try {
    await client.connect();
    const hello = await client.db('admin').command({ hello: 1 });
    if (typeof hello['setName'] !== 'string') throw new MongoSetupError(standalone);
  } catch (error) {
    await client.close();
    throw refusalOf(error);
  }
  client.on('serverHeartbeatFailed', ({ connectionId, failure }) => {
    log.warn({ server: connectionId, error: failure.message }, 'MongoDB server does not answer');
  });
  return client;
}

/**
 * What is promised does not hang on the URL or the server's defaults: writes are on the disks of a majority, and what is
 * read was. (With an arbiter the server's own default would be one disk.)
 */
function optionsOf({ primary, connect, answer, turn, acknowledgement }: Waits): MongoClientOptions {
  return {
    appName: 'seatledger',
    w: 'majority',
    journal: true,
    wtimeoutMS: acknowledgement,
    // `readConcern` would give way to what the URL says.
    readConcernLevel: 'majority',
    readPreference: 'primary',
    retryWrites: true,
    retryReads: true,
    serverSelectionTimeoutMS: primary,
    connectTimeoutMS: connect,
    socketTimeoutMS: answer,
    waitQueueTimeoutMS: turn,
    // A server that is gone without a word is noticed by then, and its connections with it.
    heartbeatFrequencyMS: 5_000,
    maxPoolSize: 100,
  };
}

/** The driver takes `test` where none is named. */
export function databaseOf(url: string): string {
  const named = /^[^:]+:\/\/[^/?]*\/([^?]+)/.exec(url)?.[1];
  return named === undefined ? 'seatledger' : decodeURIComponent(named);
}

const standalone =
  'This MongoDB server stands alone, and has no transactions. One server is enough, but as a replica set: start mongod ' +
  'with --replSet rs0, and once, in mongosh, run rs.initiate().';

function refusalOf(error: unknown): unknown {
  if (!(error instanceof MongoServerSelectionError)) return asUnwritten(error);
  const servers = [...(error.reason?.servers.values() ?? [])];
  if (servers.some(({ type }) => type === 'Standalone' || type === 'RSGhost')) {
    return new MongoSetupError(standalone, { cause: error });
  }
  if (servers.some(({ error: refusal }) => refusal instanceof MongoCompatibilityError)) {
    return new MongoSetupError('MongoDB 4.4 or newer is needed, and this server is not.', { cause: error });
  }
  return new StoreUnavailableError(`MongoDB cannot be reached: ${error.message}`, { cause: error });
}
