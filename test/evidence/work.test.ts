import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headsIn, keyIn } from '#verify';
import { HeadSigner } from '#lib/engine/evidence/head-signer.js';
import { leafHash, leafOf } from '#lib/engine/evidence/merkle.js';
import { StoredTree } from '#lib/engine/evidence/stored-tree.js';
import { StoreUnavailableError, type LogReader } from '#lib/engine/ports/event-store.js';
import { FencedError } from '#lib/engine/ports/leases.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import { EvidenceWork, evidenceLimits } from '#lib/product/evidence/evidence-work.js';
import { HeadsFile } from '#lib/product/evidence/heads-file.js';
import { one, onTree } from '../../apps/server/operations/audit-answers.js';
import { newEvents } from '../contract/events.js';
import { inSmallPages, replaced } from '../faults/readers.js';
import { wholeLog } from '../faults/views.js';
import { ManualClock } from '../support/clock.js';
import { onAllStores, type OpenStores } from '../support/installations.js';
import { newFolder } from '../support/sqlite.js';
import { naiveRoot } from './trees.js';

const signer = new HeadSigner('secret');
const hour = evidenceLimits.headEveryMs;

onAllStores((newInstallation) => {
  let stores: OpenStores;
  let path: string;
  let clock: ManualClock;
  let errors: string[];
  let ends: (() => Promise<unknown>)[];
  beforeEach(async () => {
    [stores, path, clock, errors, ends] = [
      await newInstallation().open(),
      join(newFolder(), 'heads.txt'),
      new ManualClock(),
      [],
      [],
    ];
  });
  afterEach(async () => {
    for (const end of ends) await end();
    await stores.close();
  });

  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_fields, message) => void errors.push(message),
  };
  const append = (stream: string, count: number) =>
    stores.events.append(stream, 'none', newEvents(`${stream} `, count));

  /** An owner of the tree, which commits after every fifth event, as if each were the last; or page by page. */
  function start(records: Records = stores.records, events: LogReader = inSmallPages(stores.events, 5)) {
    const limits = { ...evidenceLimits, leavesPerCommit: 5, commitMs: 1 };
    const headsFile = new HeadsFile(path, signer);
    const stopping = new AbortController();
    const ended = new EvidenceWork({ events, records, signer, headsFile, clock, log, limits })
      .run(stopping.signal)
      .catch((error: unknown) => error);
    const stop = (): Promise<unknown> => {
      stopping.abort();
      return ended;
    };
    ends.push(stop);
    return { stop, ended };
  }

  async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async function untilSize(size: number): Promise<void> {
    await until(async () => (await StoredTree.open(stores.records)).size >= size);
  }

  async function expectWhole(count: number): Promise<void> {
    const events = await wholeLog(stores.events);
    const tree = await StoredTree.open(stores.records);
    const leaves = events.map((event) => leafHash(leafOf(event)));
    expect([events.length, tree.size]).toEqual([count, count]);
    expect(await tree.rootAt(count)).toEqual(naiveRoot(leaves));
    for (const [index, event] of events.entries()) expect(await tree.indexOf(event)).toBe(index);
  }

  const rootOf = async (size: number) => (await StoredTree.open(stores.records)).rootAt(size);

  function heads() {
    const text = readFileSync(path, 'utf8');
    const key = keyIn(text);
    if (!key) throw new Error('There is no key.');
    expect(key.line).toBe(signer.publicKey);
    return headsIn(text, key);
  }
  const sizes = () => heads().heads.map(({ size }) => size);
  const hasHead = (size: number) => () =>
    existsSync(path) &&
    readFileSync(path, 'utf8').includes(`
${size}
`);

  it('enters the log into the tree, also what comes later, and by the stop all of it', async () => {
    await append('thing-a', 23);
    const work = start();
    await untilSize(23);
    await append('thing-b', 290);
    await untilSize(313);
    await expectWhole(313);
    await append('thing-c', 4);
    await work.stop();
    await expectWhole(317);
  });

  it('killed before or after every commit, it goes on to the same tree', async () => {
    await append('thing-a', 23);
    for (const isApplied of [false, true]) {
      await stores.records.transact([{ table: 'evidence', key: 'tree', expect: 'any', value: null }]);
      let isDone = false;
      let kills = 0;
      while (!isDone) {
        let commits = 0;
        const dying = replaced(stores.records, {
          async transact(changes) {
            commits += 1;
            if (commits > 1) throw new StoreUnavailableError('killed');
            if (isApplied || kills % 2 === 1) await stores.records.transact(changes);
            throw new StoreUnavailableError('killed');
          },
        });
        await start(dying).ended;
        kills += 1;
        isDone = (await StoredTree.open(stores.records)).size === 23;
      }
      expect(kills).toBe(isApplied ? 5 : 10);
      await expectWhole(23);
    }
  });

  it('an owner that sleeps in a commit and wakes late is fenced, and nothing has changed', async () => {
    await append('thing-a', 7);
    let wake: () => void = () => undefined;
    let fallAsleep: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const asleep = new Promise<void>((resolve) => (fallAsleep = resolve));
    const sleeping = replaced(stores.records, {
      async transact(changes) {
        fallAsleep();
        await woken;
        return stores.records.transact(changes);
      },
    });
    const first = start(sleeping);
    await asleep;
    await append('thing-b', 5);
    const second = start();
    await untilSize(12);
    wake();
    expect(await first.ended).toBeInstanceOf(FencedError);
    await expectWhole(12);
    await append('thing-c', 2);
    await second.stop();
    await expectWhole(14);
  });

  it.each([
    ['its place', ['tree']],
    ['a tile', ['0/000000000001']],
    ['everything', ['tree', '0/000000000000', '0/000000000001', '1/000000000000']],
  ])('a tree that lost %s is built again from the log, with the same heads', async (_what, keys) => {
    await append('thing-a', 301);
    const work = start();
    await untilSize(301);
    await work.stop();
    const before = heads();
    await stores.records.transact(keys.map((key) => ({ table: 'evidence', key, expect: 'any', value: null }) as const));
    await append('thing-b', 2);
    const again = start(stores.records, stores.events);
    await untilSize(303);
    await again.stop();
    await expectWhole(303);
    expect(heads().heads).toEqual([...before.heads, { size: 303, root: await rootOf(303) }]);
    expect(errors).toEqual([]);
  });

  it('a tree of another log is built anew', async () => {
    await append('thing-a', 7);
    const place = { size: 9, position: 'ffffffffffffffff.00000000000000000009' };
    await stores.records.transact([{ table: 'evidence', key: 'tree', expect: 'none', value: place }]);
    await stores.records.transact([
      { table: 'evidence', key: '0/000000000000', expect: 'none', value: { hashes: 'A'.repeat(384) } },
    ]);
    const work = start();
    await until(async () => (await StoredTree.open(stores.records)).size === 7);
    await work.stop();
    await expectWhole(7);
    expect(errors).toEqual(['the log does not go as far as the tree, which is built anew']);
  });

  it('a tile that is lost is told as that, not as a changed history, and the tree is built anew', async () => {
    await append('thing-a', 600);
    const work = start();
    await untilSize(600);
    const tile = { table: 'evidence', key: '0/000000000000', expect: 'any', value: null } as const;
    await stores.records.transact([tile]);
    const [event] = await wholeLog(stores.events);
    if (!event) throw new Error('The log is empty.');
    const asked = await onTree(stores.records, async (tree) => one({ index: await tree.indexOf(event) }));
    const detail = "The tree's tile 0/000000000000 is missing or cut.";
    expect(asked).toEqual({ kind: 'rejected', refusals: [{ code: 'TREE_DAMAGED', detail, pointer: null }] });
    expect((await StoredTree.open(stores.records)).size).toBe(0);
    // Who extends it hears of it with the next event, and begins again.
    await append('thing-b', 1);
    expect(await work.ended).toBeInstanceOf(FencedError);
    const again = start();
    await untilSize(601);
    await again.stop();
    await expectWhole(601);
  });

  it('writes a head when it has caught up, every hour if the log has grown, and at the stop', async () => {
    await append('thing-a', 3);
    const work = start();
    await until(hasHead(3));
    await append('thing-b', 2);
    await untilSize(5);
    clock.advance(hour - 1);
    expect(sizes()).toEqual([3]);
    clock.advance(1);
    await until(hasHead(5));
    clock.advance(hour);
    clock.advance(hour);
    await append('thing-c', 1);
    await untilSize(6);
    await work.stop();
    expect(sizes()).toEqual([3, 5, 6]);
    expect(heads().others).toBe(0);
  });

  it('goes on in a heads file that was cut off, and writes nothing over another history', async () => {
    await append('thing-a', 3);
    const first = start();
    await until(hasHead(3));
    await first.stop();
    writeFileSync(path, `${signer.origin}\n9\nabc`, { flag: 'a' });
    await append('thing-b', 1);
    const second = start();
    await until(hasHead(4));
    await second.stop();
    expect(errors).toEqual([]);
    expect([sizes(), heads().others]).toEqual([[3, 4], 1]);

    writeFileSync(path, `\n${signer.sign(2, naiveRoot([])).note}\n${signer.sign(4, naiveRoot([])).note}`);
    await append('thing-c', 1);
    const third = start();
    await until(() => errors.length > 0);
    await third.stop();
    expect(new Set(errors)).toEqual(new Set(['the history is not what was signed']));
  });
});
