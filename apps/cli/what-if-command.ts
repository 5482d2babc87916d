import { readFileSync } from 'node:fs';
import { Server } from './server.js';
import { RefusedError, unusableFile, type Surroundings } from './surroundings.js';

export interface WhatIfChoice {
  readonly tenant: string;
  readonly at: string;
  readonly until?: string;
  readonly graceDays?: number;
  readonly conflictDays?: number;
  readonly shrinkPolicy?: string;
  /** Path of a file with a JSON list of commands. */
  readonly commands?: string;
  readonly json: boolean;
}

interface Count {
  readonly total: number;
  readonly seats: number;
  readonly keptSeats: number;
  readonly status: string;
  readonly conflict: { readonly excess: number } | null;
}

/** What the server answers, as far as it is looked at. */
interface WhatIf {
  readonly position: string;
  readonly from: string;
  readonly until: string;
  readonly counts: readonly {
    readonly serviceId: string;
    readonly before: Count | null;
    readonly after: Count | null;
  }[];
  readonly seats: readonly { readonly serviceId: string; readonly personId: string; readonly is: 'gained' | 'lost' }[];
  readonly rights: readonly {
    readonly serviceId: string;
    readonly personId: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly refused: readonly { readonly index: number; readonly code: string }[];
}

/** Tells what would come of other settings or further commands for one customer. Refused if a command would be. */
export async function showWhatIf(
  { tenant, at, until, commands, json, ...settings }: WhatIfChoice,
  { environment, signal, stdout }: Surroundings,
): Promise<void> {
  const sent = commands === undefined ? [] : commandsIn(commands);
  const asked = { tenantId: tenant, asOf: at, ...(until !== undefined && { until }), ...settings, commands: sent };
  const answer = await new Server(environment, signal).ask<WhatIf>('POST', '/what-if', asked);
  stdout.write(json ? `${JSON.stringify(answer)}\n` : `${linesOf(answer).join('\n')}\n`);
  if (answer.refused.length > 0) {
    const told = answer.refused.map(({ index, code }) => `command ${index + 1}: ${code}`);
    throw new RefusedError(`Would be refused, and changed nothing: ${told.join(', ')}.`);
  }
}

function commandsIn(file: string): readonly unknown[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unusableFile(file, error);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw new RefusedError(`${file} is no JSON list of commands, each { command, input, role, publisherId }.`);
}

function linesOf({ position, from, until, counts, seats, rights }: WhatIf): readonly string[] {
  const lines = [
    ...counts.map(({ serviceId, before, after }) => `~ ${serviceId}: ${wordsOf(before)} → ${wordsOf(after)}`),
    ...seats.map(({ serviceId, personId, is }) => `${is === 'lost' ? '-' : '+'} seat of ${personId}: ${serviceId}`),
    ...rights.map(({ serviceId, personId, before, after }) => `~ ${personId}, ${serviceId}: ${before} → ${after}`),
  ];
  return [`From ${from} (${position}) to ${until}:`, ...(lines.length > 0 ? lines : ['Nothing differs.'])];
}

function wordsOf(count: Count | null): string {
  if (count === null) return 'nothing';
  const { total, seats, keptSeats, status, conflict } = count;
  const words = [
    `${total} licenses`,
    `${seats} seats`,
    ...(keptSeats > 0 ? [`${keptSeats} kept`] : []),
    ...(status === 'active' ? [] : [status]),
    ...(conflict ? [`${conflict.excess} too many`] : []),
  ];
  return words.join(', ');
}
