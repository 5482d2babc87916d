import { limits } from '#lib/engine/limits.js';
import type { Actor } from '#lib/engine/model/envelope.js';
import { decisionsChange, decisionsOf, type Skip } from '#lib/engine/parking/decisions.js';
import { ParkedDocuments } from '#lib/engine/parking/parked-documents.js';
import type { LogReader } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import type { ParkedKey, ViewReader } from '#lib/engine/ports/view-store.js';
import { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { replaced } from '../faults/readers.js';
import { ManualClock } from '../support/clock.js';
import { recordsInMemory } from '../support/records.js';

const version = { view: 'seats', version: 1 };
const by: Actor = { kind: 'key', id: 'key-1', role: 'operator', personId: null };
const at = '2026-03-01T12:00:00.000Z';
const skipOf = (event: string): Skip => ({ event, reason: 'A fault of March.', by, at });
const keyOf = (key: string, ...waiting: readonly [string, ...string[]]): ParkedKey => {
  return { kind: 'seat', key, event: waiting[0], error: 'Error: no fold', since: at, waiting };
};

/** `b` waits behind `pool-1@5`, which waits behind `pool-1@4` itself. */
const parked = [keyOf('a', 'pool-1@4', 'pool-1@5'), keyOf('b', 'pool-1@5')];
const views = {
  parked: async () => parked,
  builds: async () => [{ ...version, build: 1, isLive: true, isPaused: false }],
} as unknown as ViewReader;
const log: Pick<LogReader, 'read'> = { read: () => none() };

async function* none(): AsyncGenerator<never, void> {
  return;
}

function parkedDocuments(records: Records): ParkedDocuments {
  const clock = new ManualClock();
  const rebuilds = new Rebuilds({ records, views, clock, wake: () => undefined });
  return new ParkedDocuments({ records, views, log, rebuilds, clock });
}

describe('R93 what is decided about documents that wait', () => {
  it('an event that waits behind another cannot be left out, one that failed itself can', async () => {
    const records = recordsInMemory();
    const documents = parkedDocuments(records);
    expect(await documents.skip(version, skipOf('pool-1@5'))).toEqual({ refused: 'notFailed' });
    expect(await documents.skip(version, skipOf('pool-1@4'))).toEqual({ done: skipOf('pool-1@4') });
    expect(await documents.skips('seats')).toEqual([skipOf('pool-1@4')]);
    expect(await documents.skips('plans')).toEqual([]);
  });

  it('a view leaves out a thousand events at most', async () => {
    const records = recordsInMemory();
    const skips = Array.from({ length: limits.skipsPerView }, (_, n) => skipOf(`pool-2@${n}`));
    await records.transact([decisionsChange('seats', await decisionsOf(records, 'seats'), { skips })]);
    const documents = parkedDocuments(records);
    expect(await documents.skip(version, skipOf('pool-1@4'))).toEqual({ refused: 'tooMany' });
    expect(await documents.skip({ ...version, view: 'plans' }, skipOf('pool-1@4'))).toMatchObject({ done: {} });
  });

  it('nothing is lost where two decide at once', async () => {
    const records = recordsInMemory();
    const documents = parkedDocuments(records);
    await Promise.all([
      documents.retry(version),
      documents.skip(version, skipOf('pool-1@4')),
      parkedDocuments(records).retry(version),
    ]);
    expect(await decisionsOf(records, 'seats')).toMatchObject({ retries: 2, skips: [skipOf('pool-1@4')] });
  });

  it('a withdrawal and the rebuild that it needs begin together, or neither does', async () => {
    const records = recordsInMemory();
    await parkedDocuments(records).skip(version, skipOf('pool-1@4'));
    const broken = replaced(records, { transact: () => Promise.reject(new Error('away')) });
    await expect(parkedDocuments(broken).withdraw(version, 'pool-1@4', by)).rejects.toThrow('away');
    expect(await parkedDocuments(records).skips('seats')).toHaveLength(1);
    const withdrawn = await parkedDocuments(records).withdraw(version, 'pool-1@4', by);
    const { id } = (withdrawn as { done: { id: string } }).done;
    expect(await parkedDocuments(records).skips('seats')).toEqual([]);
    // While it is built anew nothing else can be withdrawn, and what is skipped stays so.
    await parkedDocuments(records).skip(version, skipOf('pool-1@4'));
    expect(await parkedDocuments(records).withdraw(version, 'pool-1@4', by)).toEqual({ done: { busy: 'seats', id } });
    expect(await parkedDocuments(records).skips('seats')).toHaveLength(1);
  });
});
