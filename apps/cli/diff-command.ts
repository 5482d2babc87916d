import { differenceOf, keyOf, linesOf, textOf, type Difference } from './difference.js';
import { askedBy, pastOf, requireThere, type Asked, type Row } from './past.js';
import { Server } from './server.js';
import type { Surroundings } from './surroundings.js';

/** From when to when, each an instant or a position. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Prints which rows a query answers then and did not before, no longer, or otherwise; also as JSON. */
export async function showDifference(
  text: string,
  span: Span,
  json: boolean,
  surroundings: Surroundings,
): Promise<void> {
  const { environment, signal, stdout } = surroundings;
  const asked = askedBy(text);
  const server = new Server(environment, signal);
  const from = await pastOf(asked, span.from, server);
  const to = await pastOf(asked, span.to, server);
  requireThere(asked.path, from, to);
  const difference = differenceOf(from.rows, to.rows, asked);
  if (json) stdout.write(`${JSON.stringify({ from: from.position, to: to.position, ...difference })}\n`);
  else for (const line of told(difference, asked)) stdout.write(`${line}\n`);
}

function told({ added, gone, changed }: Difference, asked: Asked): readonly string[] {
  const whole = (sign: string, row: Row): string[] => [
    `${sign} ${keyOf(row, asked)}`,
    ...linesOf(row).map((line) => `    ${line}`),
  ];
  const lines = [
    ...added.flatMap((row) => whole('+', row)),
    ...gone.flatMap((row) => whole('-', row)),
    ...changed.flatMap(({ key, changes }) => [
      `~ ${key}`,
      ...changes.map(({ pointer, from, to }) => `    ${pointer}: ${textOf(from)} → ${textOf(to)}`),
    ]),
  ];
  return lines.length > 0 ? lines : ['Nothing differs.'];
}
