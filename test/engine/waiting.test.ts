import { ProcessProgress } from '#lib/engine/processes/progress.js';
import { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { VisibleViews } from '#lib/engine/queries/visible-views.js';
import { Watermark } from '#lib/engine/watermark.js';
import { onAllStores } from '../support/installations.js';
import { beginningOf, neverReached } from '../support/positions.js';
import { until } from '../support/until.js';
import { counter, startTallies, type Tallies } from './tallies.js';
import { Add, ShowTally, tallyProjection, tallyView, totals } from './tally.js';

const show = Object.assign(new ShowTally(), { name: 'a' });

describe('a watermark', () => {
  it('lets go whoever waits: when reached, when the time is up, when they are gone', async () => {
    const mark = new Watermark('x.1');
    const leaving = new AbortController();
    const waits = [mark.reach('x.2', 5_000), mark.reach('x.3', 20), mark.reach('x.3', 5_000, leaving.signal)];
    expect(mark.waiting).toBe(3);
    mark.raise('x.2');
    expect([await waits[0], mark.waiting]).toEqual([true, 2]);
    leaving.abort();
    expect([await waits[2], mark.waiting]).toEqual([false, 1]);
    expect([await waits[1], mark.waiting]).toEqual([false, 0]);
    expect([await mark.reach('x.3', 5_000, leaving.signal), mark.waiting]).toEqual([false, 0]);
    expect(await mark.reach('x.2', 0, leaving.signal)).toBe(true);
  });

  it('does not fall, and raising it lets go only those whose position is reached', async () => {
    const mark = new Watermark();
    const waits = [mark.reach('x.1', 5_000), mark.reach('x.2', 5_000)];
    mark.raise('x.1');
    mark.raise('x.0');
    expect([mark.position, mark.waiting, await waits[0]]).toEqual(['x.1', 1, true]);
    mark.raise('x.9');
    expect([mark.waiting, await waits[1]]).toEqual([0, true]);
  });
});

onAllStores((newInstallation) => {
  describe('§8.16 waiting for a position that never comes', () => {
    let tallies: Tallies;
    beforeAll(async () => {
      tallies = await startTallies(newInstallation());
      await tallies.execute(Add, { name: 'a', amount: 1 });
    });
    afterAll(() => tallies.stop());

    const isWaitedFor = () => [tallies.progress.isWaitedFor, tallies.visible.isWaitedFor];

    it('a query and a command are answered in time, and nobody waits any more', async () => {
      const { position } = await tallies.checkpoint();
      const asked = [
        tallies.ask(show, neverReached(position), 50),
        tallies.execute(Add, { name: 'a', amount: 5 }, { after: neverReached(position), waitMs: 50 }),
      ];
      expect(isWaitedFor()).toEqual([true, false]);
      expect(await Promise.all(asked)).toEqual([
        { kind: 'behind', position },
        { kind: 'behind', position },
      ]);
      expect(isWaitedFor()).toEqual([false, false]);
      expect(await tallies.ask(show, position)).toMatchObject({ kind: 'one', body: { total: 1 } });
    });

    it('whoever is gone waits no longer, and their command is not carried out', async () => {
      const { position } = await tallies.checkpoint();
      const leaving = new AbortController();
      const long = { after: neverReached(position), waitMs: 60_000, gone: leaving.signal };
      const command = tallies.execute(Add, { name: 'a', amount: 5 }, long);
      expect(isWaitedFor()).toEqual([true, false]);
      leaving.abort();
      expect((await command).kind).toBe('behind');
      expect(isWaitedFor()).toEqual([false, false]);
      expect(await tallies.ask(show, null)).toMatchObject({ kind: 'one', body: { total: 1 } });
    });

    it('a view that stands still is waited for in the same time, and let go', async () => {
      const visible = new VisibleViews([tallyProjection.name]);
      const settlement = new ProcessProgress([totals]);
      const head = await tallies.stores.events.head();
      settlement.pass(totals.name, head);
      visible.report({ positions: { [tallyProjection.name]: beginningOf(head) }, parked: {} });
      const { stores, clock } = tallies;
      const shared = {
        views: stores.views,
        records: stores.records,
        visible,
        settlement,
        clock,
        settings: {},
        secret: 's',
      };
      const queries = new QueryEngine({ queries: tallyView.queries, ...shared });
      const page = { limit: 50, cursor: null, filter: {} };
      // What the query reads is known from here on.
      await queries.ask(show, { ...counter, after: null, waitMs: 0, page });

      const leaving = new AbortController();
      const asked = [
        queries.ask(show, { ...counter, after: head, waitMs: 50, page }),
        queries.ask(show, { ...counter, after: head, waitMs: 60_000, page, gone: leaving.signal }),
      ];
      await until(() => visible.of(tallyProjection.name).waiting >= 2);
      leaving.abort();
      const behind = { kind: 'behind', position: beginningOf(head) };
      expect(await Promise.all(asked)).toEqual([behind, behind]);
      expect(visible.of(tallyProjection.name).waiting).toBe(0);
    });
  });
});
