import { askedBy, pastOf, requireThere } from './past.js';
import { keyOf, linesOf } from './difference.js';
import { Server } from './server.js';
import type { Surroundings } from './surroundings.js';

/** Prints what a query would have answered then: row by row, or as JSON. */
export async function showAsOf(text: string, at: string, json: boolean, surroundings: Surroundings): Promise<void> {
  const { environment, signal, stdout } = surroundings;
  const asked = askedBy(text);
  const past = await pastOf(asked, at, new Server(environment, signal));
  requireThere(asked.path, past);
  const { position, rows } = past;
  if (json) {
    stdout.write(`${JSON.stringify(asked.lists ? { position, rows } : { position, ...rows[0] })}\n`);
    return;
  }
  stdout.write(`${asked.path} when the log ended at ${position}${rows.length === 0 ? ': nothing' : ''}\n`);
  for (const row of rows) {
    if (asked.lists) stdout.write(`${keyOf(row, asked)}\n`);
    for (const line of linesOf(row)) stdout.write(`  ${line}\n`);
  }
}
