import { OutcomeUnknownError, type EventStore, type StoredEvent } from '#lib/engine/ports/event-store.js';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { EventCatalog } from '#lib/engine/catalog.js';
import { MemoryStore } from '../faults/memory-store.js';
import { ManualClock } from '../support/clock.js';
import { onAllStores } from '../support/installations.js';
import { recordsInMemory } from '../support/records.js';
import { counter, startTallies, type Tallies } from './tallies.js';
import { Add, Correct, Flood, tally, tallyEvents } from './tally.js';

let running: Tallies | null = null;
const start = async (...options: Parameters<typeof startTallies>) => (running = await startTallies(...options));
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function eventsOf({ stores }: Tallies, stream: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const page of stores.events.read(stream, 0)) events.push(...page);
  return events;
}

const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
const position = expect.stringMatching(/^[0-9a-f-]+\.(\d{20}){1,2}$/) as string;

const asSystem = {
  actor: { kind: 'system', id: 'test', role: 'system', personId: null },
  caller: { installation: true },
} as const;

it('R71 waits 2 s for the processes of a command that settles, and then answers settled: false', async () => {
  const waits: number[] = [];
  const engine = new CommandEngine({
    deciders: [tally],
    store: new MemoryStore(),
    records: recordsInMemory(),
    catalog: new EventCatalog(tallyEvents),
    clock: new ManualClock(),
    settings: {},
    settlement: { ignores: () => false, settle: async (_, timeoutMs) => (waits.push(timeoutMs), false) },
    solelyOurs: true,
  });
  const add = Object.assign(new Add(), { name: 'a', amount: 3 });
  expect(await engine.execute(add, counter)).toMatchObject({ kind: 'done', revision: 0, settled: false });
  expect(waits).toEqual([2_000]);
});

onAllStores((newInstallation) => {
  describe('the way of a command', () => {
    it('R88 answers with revision and position, and writes who, when and why beside the payload', async () => {
      const tallies = await start(newInstallation());
      const outcome = await tallies.execute(Add, { name: 'a', amount: 3 }, { traceparent: 'trace' });
      expect(outcome).toEqual({ kind: 'done', revision: 0, position, settled: true, answer: { amounts: [3] } });
      const [added] = await eventsOf(tallies, 'tally-a');
      expect(added).toMatchObject({
        type: 'Added',
        revision: 0,
        data: { name: 'a', owner: 'fabrikam', amount: 3, total: 3 },
        meta: {
          v: 1,
          recordedAt: '2026-03-01T12:00:00.000Z',
          occurredAt: '2026-03-01T12:00:00.000Z',
          commandId: uuid,
          actor: { kind: 'key', id: 'key-1', role: 'counter', personId: null },
          tenant: 'fabrikam',
          context: [],
          traceparent: 'trace',
          $correlationId: added?.meta.commandId,
          $causationId: added?.meta.commandId,
        },
      });
    });

    it('never lets recorded time fall within a stream, whatever the clock does (R90)', async () => {
      const tallies = await start(newInstallation());
      await tallies.execute(Add, { name: 'a', amount: 1 });
      tallies.clock.advance(-3_600_000);
      await tallies.execute(Add, { name: 'a', amount: 1 });
      const times = (await eventsOf(tallies, 'tally-a')).map(({ meta }) => [meta.recordedAt, meta.occurredAt]);
      expect(times).toEqual([
        ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z'],
        ['2026-03-01T12:00:00.000Z', '2026-03-01T11:00:00.000Z'],
      ]);
    });

    it('refuses in the documented order: role, not there, another’s, repeated, revision, rule', async () => {
      const tallies = await start(newInstallation());
      const execute = tallies.execute.bind(tallies);
      const auditor = { actor: { kind: 'key', id: 'k', role: 'auditor', personId: null } } as const;
      const other = { caller: { publisherId: 'contoso' } };
      expect(await execute(Correct, { name: 'a', to: 1 }, auditor)).toEqual({ kind: 'forbidden' });
      expect(await execute(Correct, { name: 'a', to: 1 })).toEqual({ kind: 'notFound' });
      await execute(Add, { name: 'a', amount: 1 });
      expect(await execute(Correct, { name: 'a', to: 1 }, other)).toEqual({ kind: 'notFound' });
      expect(await execute(Correct, { name: 'a', to: 1 })).toEqual({ kind: 'revisionRequired', actual: 0 });
      expect(await execute(Correct, { name: 'a', to: 1 }, { expectedRevision: 5 })).toEqual({
        kind: 'stale',
        actual: 0,
      });
      expect(await execute(Add, { name: 'a', amount: -1 })).toEqual({
        kind: 'rejected',
        refusals: [{ code: 'NEGATIVE', detail: 'Only up.', pointer: '/amount' }],
      });
      expect(await eventsOf(tallies, 'tally-a')).toHaveLength(1);
    });

    it('R76 refuses a stale revision even if nothing would change, and accepts the one that is there', async () => {
      const tallies = await start(newInstallation());
      const { position: first } = (await tallies.execute(Add, { name: 'a', amount: 2 })) as { position: string };
      const same = { name: 'a', to: 2 };
      expect(await tallies.execute(Correct, same, { expectedRevision: 9 })).toEqual({ kind: 'stale', actual: 0 });
      const done = { kind: 'done', revision: 0, position: first, settled: true, answer: {} };
      expect(await tallies.execute(Correct, same, { expectedRevision: 0 })).toEqual(done);
    });

    it('dry run: the events, nothing written', async () => {
      const tallies = await start(newInstallation());
      expect(await tallies.execute(Add, { name: 'a', amount: 2 }, { dryRun: true })).toEqual({
        kind: 'dryRun',
        revision: -1,
        events: [{ type: 'Added', data: { name: 'a', owner: 'fabrikam', amount: 2, total: 2 } }],
        preview: {},
      });
      expect(await eventsOf(tallies, 'tally-a')).toEqual([]);
    });

    it('§8.1 lets 64 callers at once add to one tally without losing one', async () => {
      const tallies = await start(newInstallation());
      const outcomes = await Promise.all(
        Array.from({ length: 64 }, () => tallies.execute(Add, { name: 'a', amount: 1 })),
      );
      expect(new Set(outcomes.map((outcome) => ('revision' in outcome ? outcome.revision : outcome.kind))).size).toBe(
        64,
      );
      expect((await eventsOf(tallies, 'tally-a')).at(-1)).toMatchObject({ revision: 63, data: { total: 64 } });
    });

    it('§8.14 refuses an event of 1 MB and 5,000 events in one command with a code, and goes on', async () => {
      const tallies = await start(newInstallation());
      const large = await tallies.execute(Flood, { name: 'a', events: 1, bytes: 1_000_000 }, asSystem);
      const many = await tallies.execute(Flood, { name: 'a', events: 5_000, bytes: 1 }, asSystem);
      expect([large.kind, many.kind]).toEqual(['tooLarge', 'tooLarge']);
      expect(await tallies.execute(Add, { name: 'a', amount: 1 })).toMatchObject({ kind: 'done', revision: 0 });
    });
  });

  describe('§8.2 the same command twice', () => {
    const call = { idempotencyKey: 'once' };

    it('in sequence, at once and after a restart: one effect, the same answer', async () => {
      const installation = newInstallation();
      const tallies = await start(installation);
      const [first, atOnce] = await Promise.all([
        tallies.execute(Add, { name: 'a', amount: 3 }, call),
        tallies.execute(Add, { name: 'a', amount: 3 }, call),
      ]);
      await tallies.execute(Add, { name: 'a', amount: 4 });
      const later = await tallies.execute(Add, { name: 'a', amount: 3 }, call);
      await tallies.stop();
      const again = await start(installation);
      const restarted = await again.execute(Add, { name: 'a', amount: 3 }, call);
      expect([atOnce, later, restarted]).toEqual([first, first, first]);
      expect(first).toMatchObject({ kind: 'done', revision: 0, answer: { amounts: [3] } });
      expect((await eventsOf(again, 'tally-a')).map(({ data }) => data)).toMatchObject([{ amount: 3 }, { amount: 4 }]);
    });

    it('with another body or another command: refused', async () => {
      const tallies = await start(newInstallation());
      await tallies.execute(Add, { name: 'a', amount: 3 }, call);
      expect(await tallies.execute(Add, { name: 'a', amount: 4 }, call)).toEqual({ kind: 'keyReused' });
      expect(await tallies.execute(Correct, { name: 'a', to: 3 }, { ...call, expectedRevision: 0 })).toEqual({
        kind: 'keyReused',
      });
    });

    it('by another caller: a command of its own', async () => {
      const tallies = await start(newInstallation());
      await tallies.execute(Add, { name: 'a', amount: 3 }, call);
      const other = { kind: 'key', id: 'key-2', role: 'counter', personId: null } as const;
      expect(await tallies.execute(Add, { name: 'a', amount: 3 }, { ...call, actor: other })).toMatchObject({
        revision: 1,
      });
    });
  });

  describe('§8.3 the answer of an append is lost', () => {
    /** Appends, and then says that it does not know, so many times. */
    const forgetful = (times: number) => (store: EventStore) => {
      let left = times;
      return new Proxy(store, {
        get(target, name) {
          if (name !== 'append') {
            const member: unknown = Reflect.get(target, name);
            return typeof member === 'function' ? (member.bind(target) as unknown) : member;
          }
          return async (...args: Parameters<EventStore['append']>) => {
            const result = await target.append(...args);
            left -= 1;
            if (left >= 0) throw new OutcomeUnknownError('lost');
            return result;
          };
        },
      });
    };

    it('sends the identical events again: one set of events, success', async () => {
      const tallies = await start(newInstallation(), { through: forgetful(2) });
      expect(await tallies.execute(Add, { name: 'a', amount: 3 })).toMatchObject({ kind: 'done', revision: 0 });
      expect(await tallies.execute(Add, { name: 'a', amount: 1 })).toMatchObject({ kind: 'done', revision: 1 });
      expect((await eventsOf(tallies, 'tally-a')).map(({ data }) => data)).toMatchObject([{ total: 3 }, { total: 4 }]);
    });

    it('stays unknown when it is never answered; the same key finds it, also after a restart', async () => {
      const installation = newInstallation();
      const call = { idempotencyKey: 'once' };
      const tallies = await start(installation, { through: forgetful(1_000_000) });
      expect(await tallies.execute(Add, { name: 'a', amount: 3 }, call)).toEqual({ kind: 'unknown' });
      await tallies.stop();
      const again = await start(installation);
      expect(await again.execute(Add, { name: 'a', amount: 3 }, call)).toMatchObject({ kind: 'done', revision: 0 });
      expect(await eventsOf(again, 'tally-a')).toHaveLength(1);
    });
  });

  describe('a store that others write to as well', () => {
    it('§8.1 decides again after a conflict that the caller has no part in', async () => {
      const installation = newInstallation();
      const tallies = await start(installation, { isShared: true });
      await tallies.execute(Add, { name: 'a', amount: 1 });
      const [mine] = await eventsOf(tallies, 'tally-a');
      if (!mine) throw new Error('nothing was written');
      const theirs = { ...mine, id: '00000000-0000-4000-8000-00000000000f', data: { ...mine.data, total: 11 } };
      await tallies.stores.events.append('tally-a', 0, [theirs]);
      expect(await tallies.execute(Add, { name: 'a', amount: 1 })).toMatchObject({ kind: 'done', revision: 2 });
      expect((await eventsOf(tallies, 'tally-a')).at(-1)?.data).toMatchObject({ total: 12 });
    });

    it('does not answer "nothing to do" out of a memory that is behind', async () => {
      const tallies = await start(newInstallation(), { isShared: true });
      await tallies.execute(Add, { name: 'a', amount: 1 });
      const [mine] = await eventsOf(tallies, 'tally-a');
      if (!mine) throw new Error('nothing was written');
      const theirs = { ...mine, id: '00000000-0000-4000-8000-00000000000f', data: { ...mine.data, total: 11 } };
      await tallies.stores.events.append('tally-a', 0, [theirs]);
      expect(await tallies.execute(Correct, { name: 'a', to: 1 }, { expectedRevision: 0 })).toEqual({
        kind: 'stale',
        actual: 1,
      });
    });
  });
});
