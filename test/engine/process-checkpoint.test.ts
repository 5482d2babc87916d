import { OutcomeUnknownError } from '#lib/engine/ports/event-store.js';
import type { RecordChange, Records } from '#lib/engine/ports/records.js';
import { ProcessCheckpoint } from '#lib/engine/processes/process-checkpoint.js';
import { replaced } from '../faults/readers.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { totals } from './tally.js';

const note: RecordChange = { table: 'notes', key: 'a', expect: 'any', value: { noted: true } };

it('a flush saves also what came while a save was under way, so that nothing wants to be saved after it', async () => {
  const folder = await openTestFolder(newFolder());
  const { events, records } = folder;
  const [first, second, third] = [1, 2, 3].map((place) => `${events.logId}.${String(place).padStart(20, '0')}`);
  const checkpoint = await ProcessCheckpoint.open(totals, events, records, {
    saved: () => undefined,
    failed: () => undefined,
    everyMs: 250,
  });
  // With a change it is saved at once; what comes behind it waits for the interval.
  checkpoint.advance(first ?? '', [note]);
  checkpoint.advance(second ?? '', []);
  checkpoint.advance(third ?? '', []);
  await checkpoint.flush();
  expect((await records.get('processes', totals.name))?.value).toEqual({ position: third, appended: null });
  expect((await records.get('notes', 'a'))?.value).toEqual({ noted: true });
  await folder.close();
});

it('saves at the interval also what came to be due while a save was under way', async () => {
  const folder = await openTestFolder(newFolder());
  const { events, records } = folder;
  const [first, second] = [1, 2].map((place) => `${events.logId}.${String(place).padStart(20, '0')}`);
  const waiting: (() => void)[] = [];
  let saves = 0;
  let twice: () => void = () => undefined;
  const savedTwice = new Promise<void>((resolve) => (twice = resolve));
  // The first save lasts until the interval has passed again.
  const slow: Records = {
    get: (table, key) => records.get(table, key),
    list: (request) => records.list(request),
    snapshot: () => records.snapshot(),
    erase: (table, key) => records.erase(table, key),
    close: () => records.close(),
    async transact(changes) {
      if (saves === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const result = await records.transact(changes);
      saves += 1;
      if (saves === 2) twice();
      return result;
    },
  };
  const checkpoint = await ProcessCheckpoint.open(totals, events, slow, {
    saved: () => undefined,
    failed: () => undefined,
    everyMs: 1,
  });
  checkpoint.advance(first ?? '', [note]);
  checkpoint.advance(second ?? '', []);
  await new Promise((resolve) => setTimeout(resolve, 20));
  waiting.forEach((go) => go());
  await savedTwice;
  expect((await records.get('processes', totals.name))?.value).toEqual({ position: second, appended: null });
  await checkpoint.flush();
  await folder.close();
});

it('says at once what could not be saved, and saves nothing after it: who goes on does so from before', async () => {
  const folder = await openTestFolder(newFolder());
  const { events, records } = folder;
  const [first, second] = [1, 2].map((place) => `${events.logId}.${String(place).padStart(20, '0')}`);
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  let saves = 0;
  const unsure = replaced(records, {
    async transact(changes) {
      if ((saves += 1) > 1) return records.transact(changes);
      await held;
      throw new OutcomeUnknownError('lost');
    },
  });
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (tell = resolve));
  const checkpoint = await ProcessCheckpoint.open(totals, events, unsure, {
    saved: () => undefined,
    failed: tell,
    everyMs: 250,
  });
  checkpoint.advance(first ?? '', [note]);
  // Comes while the first is being saved, which is never heard of again.
  checkpoint.advance(second ?? '', [{ ...note, key: 'b' }]);
  go();
  await told;
  await expect(checkpoint.flush()).rejects.toThrow('lost');
  expect(() => checkpoint.advance(second ?? '', [])).toThrow('lost');
  expect([await records.get('processes', totals.name), await records.get('notes', 'b'), saves]).toEqual([
    null,
    null,
    1,
  ]);
  await folder.close();
});
