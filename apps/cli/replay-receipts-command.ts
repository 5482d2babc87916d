import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ProblemError, Server } from './server.js';
import { RefusedError, unusableFile, type Surroundings } from './surroundings.js';

interface Answered {
  readonly policy: number;
  /** Canonical JSON. */
  readonly answer: string;
}

/** What the server makes of a receipt. */
interface ReplayedReceipt {
  readonly genuine: boolean;
  readonly same: boolean;
  readonly query: string;
  readonly input: string;
  readonly askedAt: string;
  readonly position: string;
  readonly then: Answered;
  readonly now: Answered;
}

/** What became of the line of a file. */
type Outcome = { readonly line: number } & (ReplayedReceipt | { readonly unusable: string });

/** Statuses that speak of this receipt; all others end the replay. */
const ofReceipt = [400, 413, 422];

/**
 * Sends each receipt to the running server and tells those that are answered otherwise, are not genuine, or cannot be
 * replayed; refused if there are any. A line is an answer with its `receipt`, as the server gave it. One is in memory.
 */
export async function replayReceipts(file: string, json: boolean, surroundings: Surroundings): Promise<void> {
  const { environment, signal, stdin, stdout } = surroundings;
  const server = new Server(environment, signal);
  let replayed = 0;
  let odd = 0;
  for await (const [line, text] of linesOf(file === '-' ? stdin : createReadStream(file), file)) {
    if (text.trim() === '') continue;
    const outcome = await outcomeOf(text, line, server);
    replayed += 1;
    if (isAsItWas(outcome)) continue;
    odd += 1;
    stdout.write(json ? `${JSON.stringify(outcome)}\n` : wordsOf(outcome));
  }
  if (odd > 0) throw new RefusedError(`Of ${replayed} receipts, ${odd} are not answered as they were.`);
  if (!json) stdout.write(`${replayed} receipts, all answered as they were.\n`);
}

async function* linesOf(source: Readable, file: string): AsyncGenerator<readonly [number, string], void> {
  let line = 0;
  try {
    for await (const text of createInterface({ input: source, crlfDelay: Infinity })) yield [(line += 1), text];
  } catch (error) {
    throw unusableFile(file, error);
  } finally {
    source.destroy();
  }
}

async function outcomeOf(text: string, line: number, server: Server): Promise<Outcome> {
  const receipt = receiptIn(text);
  if (receipt === null) return { line, unusable: 'It is no answer with a receipt.' };
  try {
    return { line, ...(await server.ask<ReplayedReceipt>('POST', '/receipts/replay', { receipt })) };
  } catch (error) {
    if (error instanceof ProblemError && ofReceipt.includes(error.status)) return { line, unusable: error.message };
    throw error;
  }
}

function receiptIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const receipt: unknown = typeof value === 'object' && value !== null && 'receipt' in value ? value.receipt : null;
    return typeof receipt === 'string' ? receipt : null;
  } catch {
    return null;
  }
}

function isAsItWas(outcome: Outcome): boolean {
  return !('unusable' in outcome) && outcome.same && outcome.genuine;
}

function wordsOf(outcome: Outcome): string {
  if ('unusable' in outcome) return `line ${outcome.line}: ${outcome.unusable}\n`;
  const { line, genuine, same, query, input, askedAt, position, then, now } = outcome;
  const what = same ? 'is answered as it was' : 'is answered otherwise';
  const lines = [
    `line ${line}: ${what}${genuine ? '' : '; the receipt is not genuine'}`,
    `  ${query} ${input} at ${askedAt}, ${position}`,
    `  then, by policy ${then.policy}: ${then.answer}`,
    ...(same ? [] : [`  now, by policy ${now.policy}: ${now.answer}`]),
  ];
  return lines.map((text) => `${text}\n`).join('');
}
