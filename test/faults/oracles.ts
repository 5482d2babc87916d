import type { StoredEvent } from '#lib/engine/ports/event-store.js';
import type { Command, Customer, Market } from './load.js';
import { ask, askAll, sendTo, type Sent } from './sending.js';

/** Whether the processes had handled the events in time is told anew each time; all else of an answer stays. */
const lasting = ({ status, body: { settled: _, ...body } }: Sent) => ({ status, body });

export async function expectTheSameAnswers(address: string, commands: readonly Command[]): Promise<void> {
  const queue = [...commands];
  const sender = async (): Promise<void> => {
    for (let command = queue.pop(); command; command = queue.pop()) {
      const again = await sendTo(address, command.request);
      if (!command.answer || !again) throw new Error(`${command.request.path} was not answered.`);
      expect(lasting(again)).toEqual(lasting(command.answer));
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
}

/** Every acknowledged command is in the ledger exactly once, at the revision it was answered with, and nothing else is. */
export async function expectLedgerAndCounts(address: string, market: Market, customer: Customer): Promise<void> {
  const { dealId, tenantId } = customer.deal;
  const rows = await askAll(address, market.auditorKey, `/ledger?filter[tenantId][eq]=${tenantId}`);
  const changes = rows.filter(({ event }) => event === 'LicenseCountChanged');
  const licenses = customer.of('licenses');
  const counted = licenses.map(({ request, answer }) => [
    `deal-${dealId}@${answer?.body.revision}`,
    (request.body as { lines: { count: number }[] }).lines[0]?.count,
  ]);
  const bySequence = ([a]: unknown[], [b]: unknown[]) =>
    Number(String(a).split('@')[1]) - Number(String(b).split('@')[1]);
  expect(changes.map(({ reference, to }) => [reference, to]).sort(bySequence)).toEqual(counted);

  const persons = customer.of('seat').flatMap(({ request }) => (request.body as { personIds: string[] }).personIds);
  const seated = rows.filter(({ event }) => event === 'SeatAssigned').map(({ personId }) => personId as string);
  expect(seated.filter((person) => person !== 'ada').sort()).toEqual(persons.sort());

  const counts = await ask(
    address,
    market.publisherKey,
    `/publishers/fabrikam/licenses?filter[tenantId][eq]=${tenantId}`,
  );
  expect(counts.rows).toMatchObject([{ total: counted.at(-1)?.[1] ?? 1, seats: seated.length }]);
}

/** Later sent after acknowledged means later in the log (O2). */
export function expectOrder(customer: Customer): void {
  for (const kind of ['licenses', 'seat', 'deal'] as const) {
    const positions = customer.of(kind).map(({ answer }) => String(answer?.body.position));
    expect(positions).toEqual([...new Set(positions)].sort());
  }
}

/** Revisions are dense from 0, positions rise, no event is there twice, and what one command wrote stands together (O2). */
export function expectSoundLog(log: readonly StoredEvent[]): void {
  const last = new Map<string, StoredEvent>();
  const decided = new Set<string>();
  let position = '';
  for (const event of log) {
    const { stream, revision, meta } = event;
    const before = last.get(stream);
    expect([stream, revision]).toEqual([stream, (before?.revision ?? -1) + 1]);
    expect(event.position > position).toBe(true);
    if (before?.meta.commandId !== meta.commandId) {
      expect(decided).not.toContain(`${stream} ${meta.commandId}`);
      decided.add(`${stream} ${meta.commandId}`);
    }
    last.set(stream, event);
    ({ position } = event);
  }
  expect(new Set(log.map(({ id }) => id)).size).toBe(log.length);
}
