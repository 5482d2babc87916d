import type { RecordChange } from '#lib/engine/ports/records.js';
import { ProcessCheckpoint } from '#lib/engine/processes/process-checkpoint.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { totals } from './tally.js';

const note: RecordChange = { table: 'notes', key: 'a', expect: 'any', value: { noted: true } };

it('a flush saves also what came while a save was under way, so that nothing wants to be saved after it', async () => {
  const folder = await openTestFolder(newFolder());
  const { events, records } = folder;
  const [first, second, third] = [1, 2, 3].map((place) => `${events.logId}.${String(place).padStart(20, '0')}`);
  const checkpoint = await ProcessCheckpoint.open(totals, events, records, {
    saved: () => undefined,
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
