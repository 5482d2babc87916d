import { deliveryIn, deliveryRecord, type Delivery } from '#lib/engine/model/delivery.js';
import { request, type ProcessManager } from '#lib/engine/model/process.js';
import { valueAt } from '#lib/engine/ports/records.js';
import { sending, type Sent } from '#lib/engine/processes/requests.js';
import type { StoredEvent } from '#lib/engine/ports/event-store.js';
import { ManualClock } from '../support/clock.js';
import type { Installation } from '../support/installations.js';
import { startTallies, type Tallies } from './tallies.js';
import type { TallyEvent } from './tally.js';

/** The tally product with a process that asks the outside about each addition, and a sender that a test brings. */

export class Ask {
  static readonly type = 'Ask';
  name!: string;
  amount!: number;
}

const asking: ProcessManager<TallyEvent> = {
  name: 'asking',
  startAt: 'beginning',
  on: { Added: ({ data: { name, amount } }) => [request(name, Ask, { name, amount })] },
};

export type Send = (input: Ask, attempt: number, signal: AbortSignal) => Promise<Sent>;

/** Sends for as long as it may. */
export const untilCutOff: Send = (_input, _attempt, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));

let running: Tallies | null = null;

export async function startAsking(installation: Installation, send: Send, clock = new ManualClock()): Promise<Tallies> {
  running = await startTallies(installation, { clock, process: asking, senders: [sending(Ask, send)] });
  return running;
}

export async function stopAsking(): Promise<void> {
  await running?.stop();
  running = null;
}

export const requestOf = ({ stores }: Tallies, name: string) => stores.records.get('requests', `asking/${name}`);
export const shown = async ({ stores }: Tallies, name: string): Promise<Delivery | null> => {
  const delivery = await valueAt(stores.records, deliveryRecord(asking.name, name));
  return delivery ? deliveryIn(delivery) : null;
};
export const isForgotten = (tallies: Tallies, name: string) => async () => (await shown(tallies, name)) === null;
export const hasStatus = (tallies: Tallies, name: string, status: string) => async () =>
  (await shown(tallies, name))?.status === status;

export async function eventsOf({ stores }: Tallies, name: string): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const page of stores.events.read(`tally-${name}`, 0)) events.push(...page);
  return events;
}
export const typesOf = async (tallies: Tallies, name: string) =>
  (await eventsOf(tallies, name)).map(({ type }) => type);
