import { randomBytes } from 'node:crypto';
import { KurrentDouble } from '../doubles/kurrentdb/kurrent-double.js';

/** A server to run on. */
export interface KurrentServer {
  readonly url: string;
  stop(): Promise<void>;
}

const { TEST_KURRENTDB_URL: realUrl } = process.env;

/** The servers that a test for every server runs on: the double, and a real one if there is one. */
export const kurrentServers: readonly (readonly [name: string, start: () => Promise<KurrentServer>])[] = [
  ['KurrentDB (double)', () => KurrentDouble.start()],
  ...(realUrl ? ([['KurrentDB', async () => ({ url: realUrl, stop: async () => undefined })]] as const) : []),
];

/** A namespace of its own for each test: one server is shared. */
export function newNamespace(): string {
  return `t${randomBytes(8).toString('hex')}_`;
}
