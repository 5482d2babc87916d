import { setTimeout as pause } from 'node:timers/promises';
import { ProgressLine } from './progress.js';
import type { Server } from './server.js';
import { RefusedError, type Surroundings } from './surroundings.js';

/** A rebuild as the server tells it, as far as the command line looks at it. */
export interface Operation {
  readonly id: string;
  readonly status: string;
  readonly steps: readonly {
    readonly name: string;
    readonly status: string;
    readonly done: number;
    readonly total: number;
  }[];
  readonly progress: { readonly done: number; readonly total: number };
  readonly problem: { readonly detail: string } | null;
  readonly rebuild: {
    readonly eventsPerSecond: number | null;
    readonly secondsLeft: number | null;
    readonly acts: readonly string[];
    readonly differences: readonly ViewDifference[];
  } | null;
}

/** A document that came out otherwise. */
export interface ViewDifference {
  readonly view: string;
  readonly kind: string;
  readonly key: string;
  readonly is: string;
}

/** How often a server is asked. */
const askMs = 200;
/** Statuses that do not end by themselves, or only after the ten minutes of the way back. */
const resting = ['paused', 'ready', 'switched', 'done', 'canceled', 'rolledBack', 'failed'];

/** Asks how far an operation is, and tells it, until it rests. */
export async function untilRests(begun: Operation, server: Server, surroundings: Surroundings): Promise<Operation> {
  const line = new ProgressLine(surroundings);
  let operation = begun;
  while (!resting.includes(operation.status)) {
    line.tell(`${operation.status}:`, shareOf(operation), wordsOf(operation));
    await pause(askMs, undefined, { signal: surroundings.signal });
    operation = await server.ask<Operation>('GET', `/operations/${operation.id}`);
  }
  line.end();
  return operation;
}

function shareOf({ progress: { done, total } }: Operation): number {
  return total === 0 ? 0 : done / total;
}

function wordsOf({ steps, rebuild }: Operation): string {
  const there = steps.filter((step) => step.status !== 'building').length;
  const { eventsPerSecond = null, secondsLeft = null } = rebuild ?? {};
  const pace = eventsPerSecond === null ? '' : `, ${eventsPerSecond.toLocaleString('en-US')} events a second`;
  const left = secondsLeft === null ? '' : `, ${secondsLeft} s left`;
  return `${there} of ${steps.length} views compared${pace}${left}`;
}

/** Tells how an operation stands, for people or as JSON. Throws RefusedError if something came out otherwise. */
export function tell(operation: Operation, json: boolean, { stdout }: Surroundings): void {
  const { id, status, steps, problem, rebuild } = operation;
  if (json) stdout.write(`${JSON.stringify(operation)}\n`);
  else {
    const width = Math.max(...steps.map(({ name }) => name.length));
    for (const step of steps) stdout.write(`${step.name.padEnd(width)}  ${step.status}\n`);
    for (const difference of rebuild?.differences ?? []) stdout.write(`${differenceInWords(difference)}\n`);
    const acts = rebuild?.acts.length ? ` It can be asked to: ${rebuild.acts.map(asTyped).join(', ')}.` : '';
    stdout.write(`Operation ${id} is ${status}.${acts}\n`);
  }
  if (problem) throw new RefusedError(problem.detail);
}

/** An act as it is typed, and stands in its route: `roll-back`. */
function asTyped(act: string): string {
  return act.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function differenceInWords({ view, kind, key, is }: ViewDifference): string {
  return `${view}: ${kind} ${key} is ${words[is]}`;
}

const words: Readonly<Record<string, string>> = {
  missing: 'missing in what was folded anew',
  extra: 'there only in what was folded anew',
  other: 'otherwise in what was folded anew',
};
