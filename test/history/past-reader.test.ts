import { inLogOrder } from '#lib/engine/history/in-log-order.js';
import { PastDocuments } from '#lib/engine/history/past-documents.js';
import { limits } from '#lib/engine/limits.js';
import { projecting, type Doc } from '#lib/engine/model/projection.js';
import { event } from '#lib/engine/model/message.js';
import { streams } from '#lib/domain/ids.js';
import { LicenseConflictDetected } from '#lib/domain/seat-pool/messages.js';
import { CustomerLicenseCounts } from '#lib/views/license-counts.js';
import { SeatsOfPool } from '#lib/views/seats.js';
import { kinds, offers } from '../contract/views.js';
import { viewFindContract, type FindFixture } from '../contract/view-find-contract.js';
import { assigned, ids, in90Days, resized, serviceId, tenantId } from '../domain/seat-pool/fixtures.js';
import { noon, recorded } from '../support/given.js';
import { pool } from '../support/pools.js';
import { pastOf } from './past.js';
import { positionOf, ReplayedLog } from './replayed-log.js';

/** Documents in memory behind the little of a store that finding needs. */
async function inMemory(): Promise<FindFixture> {
  const puts = projecting<{ type: 'Put'; data: { key: string; doc: Doc } }>()<{ offer: Doc }>({
    name: offers.view,
    version: offers.version,
    kinds: { offer: kinds['offer'] ?? {} },
    on: { Put: ({ data }) => [['offer', data.key]] },
    fold: ({ data }, docs) => docs.put('offer', data.key, data.doc),
  });
  const documents = new PastDocuments(puts);
  return {
    store: {
      prepare: async () => undefined,
      index: async () => undefined,
      async commit(commits) {
        const writes = commits.flatMap((commit) => commit.writes);
        const docs = writes.flatMap((write) =>
          'json' in write ? [{ key: write.key, doc: JSON.parse(write.json) as Doc }] : [],
        );
        const events = recorded(
          'x-1',
          docs.map((data) => ({ type: 'Put', data })),
        );
        for (const put of events) documents.fold({ ...put, position: '' });
        return 'committed';
      },
    },
    reader: { snapshot: (read) => read({ find: async (request) => documents.find(request) }) },
    position: String,
    close: async () => undefined,
  };
}
viewFindContract('An earlier state', inMemory);

describe('the events of several streams', () => {
  it('come in log order, up to a position, whatever the pages are', async () => {
    const log = new ReplayedLog();
    for (const [round, stream] of ['a', 'b', 'a', 'c', 'b', 'a', 'b', 'c', 'a'].entries()) {
      const before = log.events.filter((other) => other.stream === stream).length;
      log.add(
        recorded(
          stream,
          Array.from({ length: 1 + round }, () => ({ type: 'Happened', data: {} })),
          before,
        ),
      );
    }
    for (const upTo of [0, 1, 17, 30, log.events.length]) {
      const read: string[] = [];
      for await (const events of inLogOrder(log, ['c', 'a', 'nothing', 'b'], positionOf(upTo))) {
        read.push(...events.map(({ position }) => position));
      }
      expect(read).toEqual(log.events.slice(0, upTo).map(({ position }) => position));
    }
  });
});

const poolStream = streams.seatPool(tenantId, serviceId);
const licenses = Object.assign(new CustomerLicenseCounts(), { tenantId });
const atEnd = { instant: noon };

describe('an earlier state', () => {
  it('that rests on too many streams is refused; at the limit it is not', async () => {
    const manyPools = (count: number) =>
      Array.from({ length: count }, (_, plan) => {
        const service = `plan-${plan}`;
        return recorded(streams.seatPool(tenantId, `fabrikam.f365.${service}`), [
          pool(tenantId, service).resized(0, 1),
        ]);
      }).flat();
    const most = await pastOf(manyPools(limits.pastStreams), noon);
    // Names of plans come from a stream of their own.
    expect(await most.askOnce(licenses, atEnd, null)).toEqual({
      kind: 'tooWide',
      detail: `It rests on more than ${limits.pastStreams} streams.`,
    });
    const fewer = await pastOf(manyPools(limits.pastStreams - 1), noon);
    expect(await fewer.askOnce(licenses, atEnd, null)).toMatchObject({
      kind: 'list',
      position: positionOf(limits.pastStreams - 1),
    });
  });

  it('behind an event that cannot be folded is parked since that was recorded; before it, and beside it, it is there', async () => {
    const broken = event(LicenseConflictDetected, { ...ids, seats: 1, licenses: 0, excess: 1, dueAt: in90Days });
    const events = recorded(poolStream, [
      resized(0, 1, 0),
      assigned('ann'),
      { ...broken, data: { ...broken.data, excess: 'one' } },
    ]);
    const past = await pastOf(events, noon);
    const since = events[2]?.meta.recordedAt;
    expect(await past.askOnce(licenses, atEnd, null)).toEqual({ kind: 'parked', since, position: positionOf(3) });
    expect(await past.askOnce(licenses, { position: positionOf(2) }, null)).toMatchObject({
      kind: 'list',
      rows: [{ seats: 1 }],
    });
    const other = Object.assign(new SeatsOfPool(), { tenantId, serviceId: 'fabrikam.f365.silver' });
    expect(await past.askOnce(other, atEnd, null)).toEqual({ kind: 'notFound' });
  });

  it('of a position that the index of streams has not reached is not answered', async () => {
    const past = await pastOf(recorded(poolStream, [resized(0, 1, 0)]), noon);
    past.log.add(recorded(poolStream, [assigned('ann')], 1));
    expect(await past.askOnce(licenses, { position: positionOf(2) }, null)).toEqual({
      kind: 'behind',
      position: positionOf(1),
    });
  });
});
