import { readFile, writeFile } from 'node:fs/promises';
import { headsIn, keyIn, verifierFile, type Head } from '#verify';
import { bundleReadme } from './bundle-readme.js';
import { amount, ProgressLine } from './progress.js';
import { Server } from './server.js';
import { RefusedError, unusableFile, type Surroundings } from './surroundings.js';
import { zipped } from './zip.js';

export interface BundleChoice {
  readonly tenant: string;
  /** Path of a heads file, whose heads the bundle is to be proven to go on from. */
  readonly heads?: string;
}

interface Event {
  readonly leaf: string;
  readonly index: number;
  readonly path: readonly string[];
}

/**
 * Each earlier head needs a proof of its own. One an hour is signed, if the log has grown, and one at each start and stop:
 * some 9,000 a year.
 */
const headsAtOnce = 16;

/** Writes a new zip file with a tenant's events and everything that is needed to verify them. */
export async function bundle(file: string, { tenant, heads }: BundleChoice, surroundings: Surroundings): Promise<void> {
  const server = new Server(surroundings.environment, surroundings.signal);
  const { size, publicKey, head } = await server.ask<{ size: number; publicKey: string; head: string }>(
    'GET',
    '/audit/head',
  );
  const streams = new Set<string>();
  for await (const { rows } of server.pages<{ stream: string }>(`/audit/tenants/${tenant}/streams`)) {
    for (const { stream } of rows) streams.add(stream);
  }
  const line = new ProgressLine(surroundings);
  const events: Event[] = [];
  for (const [index, stream] of [...streams].sort().entries()) {
    const search = `/audit/events?stream=${encodeURIComponent(stream)}&size=${size}`;
    for await (const { rows } of server.pages<Event>(search)) {
      events.push(...rows);
      line.tell('Asking:', index / streams.size, amount(events.length, 'event'));
    }
  }
  if (events.length === 0) throw new RefusedError(`No event names the tenant ${tenant}.`);
  const files = new Map<string, string | Buffer>([
    ['README.txt', bundleReadme(tenant, size, publicKey)],
    ['verify.mjs', await readFile(verifierFile)],
    ['key.txt', `${publicKey}\n`],
    ['head.txt', head],
    ['events.ndjson', lines(events.map(({ leaf }) => leaf))],
    ['proofs.ndjson', lines(events.map(({ index, path }) => JSON.stringify({ index, path })))],
    ...(heads === undefined ? [] : await headsFiles(heads, publicKey, size, server, line)),
  ]);
  line.end();
  await writeFile(file, zipped(files), { flag: 'wx', mode: 0o600 }).catch((error: unknown) =>
    Promise.reject(unusableFile(file, error)),
  );
  surroundings.stdout.write(
    `${file} holds ${events.length} events of ${streams.size} streams that name ${tenant}, under the head of ${size} events.\n`,
  );
}

/** The heads, and what proves that the history of each goes on in that of the bundle. */
async function headsFiles(
  path: string,
  publicKey: string,
  size: number,
  server: Server,
  line: ProgressLine,
): Promise<readonly (readonly [string, string])[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => Promise.reject(unusableFile(path, error)));
  const key = keyIn(text);
  if (key?.line !== publicKey) throw new RefusedError(`${path} is not a heads file of this installation.`);
  const proofs: string[] = [];
  const sizes = [...earlier(headsIn(text, key).heads, size)];
  const proofOf = (head: number) => server.ask('GET', `/audit/consistency?from=${head}&to=${size}`);
  while (proofs.length < sizes.length) {
    const next = await Promise.all(sizes.slice(proofs.length, proofs.length + headsAtOnce).map(proofOf));
    proofs.push(...next.map((proof) => JSON.stringify(proof)));
    line.tell('Asking:', proofs.length / sizes.length, amount(proofs.length, 'earlier head'));
  }
  return [
    ['heads.txt', text],
    ['consistency.ndjson', lines(proofs)],
  ];
}

function earlier(heads: readonly Head[], size: number): ReadonlySet<number> {
  return new Set(heads.map((head) => head.size).filter((other) => other < size));
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
