import { writtenUpTo } from '#lib/engine/history/written-up-to.js';
import type { Doc } from '#lib/engine/model/projection.js';
import type { LogPage, Position } from '#lib/engine/ports/event-store.js';
import { streams } from '#lib/domain/ids.js';
import { catalog } from '#lib/product/registries.js';
import { licenseLedgerProjection } from '#lib/views/license-ledger.js';
import { assigned, resized, serviceId, tenantId } from '../domain/seat-pool/fixtures.js';
import { fold } from '../support/fold.js';
import { recorded } from '../support/given.js';
import { positionOf, ReplayedLog } from './replayed-log.js';

/** A log of which it is known how many pages were read, and whether whoever followed it has gone. */
class WatchedLog extends ReplayedLog {
  pages = 0;
  isLeft = false;

  override async *follow(after: Position | null): AsyncIterable<LogPage> {
    try {
      for await (const page of super.follow(after)) {
        this.pages += 1;
        yield page;
      }
    } finally {
      this.isLeft = true;
    }
  }
}

const stream = streams.seatPool(tenantId, serviceId);
const seats = Array.from({ length: 40 }, (_, person) => assigned(`person-${person}`));
const events = recorded(stream, [resized(0, 50, 0), ...seats]);
const written = (log: ReplayedLog, upTo: number, skipped: readonly string[] = []) =>
  writtenUpTo(log, catalog, licenseLedgerProjection, positionOf(upTo), new Set(skipped));
const all = async (pages: AsyncIterable<readonly Doc[]>): Promise<Doc[]> => {
  const docs: Doc[] = [];
  for await (const page of pages) docs.push(...page);
  return docs;
};

describe('what is written once', () => {
  it('comes in log order up to a position, as the view holds it then', async () => {
    for (const upTo of [0, 1, 7, 8, 41]) {
      const replayed = fold(licenseLedgerProjection, events.slice(0, upTo));
      const entries = Object.entries(replayed).filter(([id]) => id.startsWith('entry/'));
      expect(await all(written(new ReplayedLog(events), upTo))).toEqual(entries.map(([, doc]) => doc));
    }
  });

  it('is read no further than it is asked for, and left when nobody asks any more', async () => {
    const log = new WatchedLog(events);
    for await (const page of written(log, 41)) {
      expect([page.length, log.pages]).toEqual([7, 1]);
      break;
    }
    expect([log.pages, log.isLeft]).toEqual([1, true]);
  });

  it('ends with a failure where an event cannot be folded, not as if it were whole', async () => {
    const [first, second, ...rest] = events;
    const broken = second && { ...second, data: { ...second.data, personId: 7 } };
    const log = new ReplayedLog([first, broken, ...rest].flatMap((event) => event ?? []));
    await expect(all(written(log, 41))).rejects.toThrow(`${stream}@1`);
    // Left out, it is as if it had never been.
    expect(await all(written(log, 41, [`${stream}@1`]))).toHaveLength(40);
  });
});
