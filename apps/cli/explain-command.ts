import type { CheckExplanation } from '#lib/views/check-explanation.js';
import type { Acting, ExplainedEvent, Story } from '#lib/views/explained-events.js';
import type { LicenseCountExplanation, SeatExplanation } from '#lib/views/explanations.js';
import type { LicenseCount } from '#lib/views/license-counts.js';
import { textOf } from './difference.js';
import { Server } from './server.js';
import type { Surroundings } from './surroundings.js';

export interface ExplainChoice {
  /** An instant or a position; absent: now. */
  readonly at?: string;
  readonly json: boolean;
}

export interface CheckChoice extends ExplainChoice {
  readonly component?: string;
  readonly serviceId?: string;
}

/** Tells why a customer has so many licenses of a plan. */
export async function explainCount(
  tenantId: string,
  serviceId: string,
  choice: ExplainChoice,
  surroundings: Surroundings,
): Promise<void> {
  const path = pathOf(['customers', tenantId, 'pools', serviceId, 'explanation']);
  await tell<LicenseCountExplanation>(path, {}, choice, surroundings, ({ count }) => [
    `${serviceId} of ${tenantId}: ${wordsOf(count)}`,
  ]);
}

/** Tells why a person has a seat of a plan, or none. */
export async function explainSeat(
  tenantId: string,
  serviceId: string,
  personId: string,
  choice: ExplainChoice,
  surroundings: Surroundings,
): Promise<void> {
  const path = pathOf(['customers', tenantId, 'pools', serviceId, 'seats', personId, 'explanation']);
  await tell<SeatExplanation>(path, {}, choice, surroundings, ({ held, count }) => [
    `${personId} holds ${held ? 'a' : 'no'} seat of ${serviceId}.`,
    `${serviceId} of ${tenantId}: ${wordsOf(count)}`,
  ]);
}

/** Tells why a check allows a person, or does not. */
export async function explainCheck(
  offer: string,
  tenantId: string,
  personId: string,
  { component, serviceId, ...choice }: CheckChoice,
  surroundings: Surroundings,
): Promise<void> {
  const path = pathOf(['customers', tenantId, 'people', personId, 'checks', 'explanation']);
  const asked = { offer, component, serviceId };
  await tell<CheckExplanation>(path, asked, choice, surroundings, ({ right, decidedBy, reasons }) => [
    `${personId} of ${tenantId} ${right.allowed ? 'may' : 'may not'} use ${component ?? serviceId ?? offer}: ${right.code}`,
    `${decidedBy.rule}: ${decidedBy.says}`,
    ...reasons.flatMap(({ serviceId: plan, code, says, behind }) => [
      `  ${plan}: ${code}. ${says}`,
      ...(behind.length > 0 ? [`    by ${behind.join(', ')}`] : []),
    ]),
  ]);
}

function pathOf(parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

async function tell<Answer extends Story>(
  path: string,
  asked: Readonly<Record<string, string | undefined>>,
  { at, json }: ExplainChoice,
  { environment, signal, stdout }: Surroundings,
  head: (answer: Answer) => readonly string[],
): Promise<void> {
  const search = Object.entries({ ...asked, asOf: at }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const answer = await new Server(environment, signal).ask<Answer & { position: string }>(
    'GET',
    search.length > 0 ? `${path}?${search.join('&')}` : path,
  );
  if (json) {
    stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  const { earlier, position } = answer;
  const left =
    earlier > 0 ? [`${earlier} earlier events are left out: ask --at the position of the first one here.`] : [];
  const lines = [...head(answer), `As of ${position}.`, ...left, '', ...linesOf(answer)];
  stdout.write(lines.map((line) => `${line}\n`).join(''));
}

function wordsOf({ total, seats, keptSeats, status, graceEndsAt, conflict }: LicenseCount): string {
  const words = [
    `${total} licenses`,
    `${seats} seats in use`,
    ...(keptSeats > 0 ? [`${keptSeats} kept`] : []),
    ...(status === 'active' ? [] : [graceEndsAt === null ? status : `${status} until ${graceEndsAt}`]),
    ...(conflict
      ? [`${conflict.excess} too many, ${conflict.overdue ? 'overdue since' : 'due'} ${conflict.dueAt}`]
      : []),
  ];
  return `${words.join(', ')}.`;
}

/** What processes and timers made of an event stands below it, further to the right; all else in the order of the log. */
function linesOf({ steps }: Story): readonly string[] {
  const byReference = new Map(steps.map((step) => [step.reference, step]));
  const below = (step: ExplainedEvent, indent: string): readonly string[] => [
    ...toldOf(step).map((line) => indent + line),
    ...step.caused.flatMap((reference) => {
      const next = byReference.get(reference);
      return next ? below(next, `${indent}  `) : [];
    }),
  ];
  const roots = steps.filter(({ causedBy }) => causedBy === null || !byReference.has(causedBy));
  return roots.flatMap((step) => below(step, ''));
}

function toldOf({ recordedAt, says, event, reference, position, by, restedOn }: ExplainedEvent): readonly string[] {
  return [
    `${recordedAt}  ${textOf(says)}`,
    `    ${event} ${reference} at ${position}, by ${whoOf(by)}`,
    ...(restedOn.length > 0 ? [`    decided on ${restedOn.join(', ')}`] : []),
  ];
}

function whoOf({ kind, id, role, personId, label }: Acting): string {
  if (kind === 'system') return `${id?.endsWith('.timer') ? 'timer' : 'process'} ${id ?? ''}`;
  const words = [
    role,
    ...(personId === null ? [] : [`person ${personId}`]),
    ...(id === null || kind === 'anonymous'
      ? []
      : [label === null ? `${kind} ${id}` : `${kind} ${textOf(label)} (${id})`]),
  ];
  return words.join(', ');
}
