import { jest } from '@jest/globals';
import Libsql from 'libsql';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enough } from '../../apps/cli/doctor-command.js';
import { added } from '../faults/views.js';
import { newFolder, openTestFolder } from '../support/sqlite.js';
import { newPair } from '../support/stores.js';
import { seatledger } from './terminal.js';

jest.setTimeout(30_000);

const at = (folder: string) => ({ environment: { SEATLEDGER_DATA: folder } });
const future = '2199-01-01T00:00:00.000Z';

/** A data folder with a few events, the last of them recorded when it is said. */
async function folderWith(recordedAt: string): Promise<string> {
  const data = newFolder();
  const folder = await openTestFolder(data);
  await folder.events.append('tally-a', 'none', added('a', 0, 1, 2));
  const later = added('b', 0, 3).map((event) => ({ ...event, meta: { ...event.meta, recordedAt } }));
  await folder.events.append('tally-b', 'none', later);
  await folder.records.transact([{ table: 'secrets', key: 'server', expect: 'none', value: { secret: 'x' } }]);
  await folder.close();
  return data;
}

function changed(data: string, file: string, sql: string): void {
  const db = new Libsql(join(data, file));
  db.exec(sql);
  db.close();
}

describe('seatledger doctor', () => {
  it('finds a sound installation well, and changes nothing', async () => {
    const data = await folderWith('2026-03-01T12:00:00.000Z');
    const bytes = () => ['events.db', 'records.db'].map((name) => readFileSync(join(data, name)));
    const [before, names] = [bytes(), readdirSync(data)];
    const { code, stdout, stderr } = await seatledger(['doctor'], at(data));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^well {2}program: Node \d+/),
      expect.stringMatching(/^well {2}log: 3 events, all as they were written, up to \w+[.]0+3$/),
      'well  records: 1 record, with their indexes',
      expect.stringMatching(/^well {2}disk: [\d,]+ MiB are free$/),
      '',
    ]);
    expect([bytes(), readdirSync(data)]).toEqual([before, names]);
  });

  it('finds stores elsewhere by asking them', async () => {
    const there = await seatledger(['doctor', '--json'], { environment: await newPair(async () => undefined) });
    expect(there).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(there.stdout).findings).toEqual([
      expect.objectContaining({ check: 'program', isWell: true }),
      { check: 'log', isWell: true, detail: expect.stringMatching(/^KurrentDB at \S+ answers, up to /) },
      { check: 'records', isWell: true, detail: expect.stringMatching(/^MongoDB at \S+ answers$/) },
    ]);
  });

  it.each([
    [
      'an event of the future',
      (data: string) => changed(data, 'records.db', 'SELECT 1'),
      future,
      /^BAD {3}log: The last event was recorded at 2199.+ Set the clock right/m,
    ],
    [
      'an event that was changed',
      (data: string) =>
        changed(data, 'events.db', `UPDATE events SET data = replace(data, '"amount":2', '"amount":7')`),
      null,
      /^BAD {3}log: Event tally-a@1, or the one before it in the log, is not what was written[.] Restore/m,
    ],
    [
      'an index that is gone',
      (data: string) => changed(data, 'records.db', 'DROP INDEX records_listed'),
      null,
      /^BAD {3}records: \S+records[.]db is damaged: it lacks records_listed[.] Restore it from a backup[.]$/m,
    ],
    [
      'a file of another kind',
      (data: string) => writeFileSync(join(data, 'events.db'), 'x'.repeat(200)),
      null,
      /^BAD {3}log: \S+events[.]db is not a database, or its beginning is damaged/m,
    ],
    [
      'half an import',
      (data: string) =>
        changed(
          data,
          'records.db',
          `INSERT INTO records VALUES ('transfer', 'import', 1, NULL,
           '{"isDone":false,"origin":{"name":"a file","goOn":"Run it again."}}')`,
        ),
      null,
      /^BAD {3}records: The import of a file was begun here and has not ended[.] Run it again[.]$/m,
    ],
  ])('finds %s, says what to do, and ends with 1', async (_what, change, recordedAt, told) => {
    const data = await folderWith(recordedAt ?? '2026-03-01T12:00:00.000Z');
    change(data);
    const { code, stdout, stderr } = await seatledger(['doctor'], at(data));
    expect([code, stderr]).toEqual([1, '1 check of 4 found something to be put right.\n']);
    expect(stdout).toMatch(told);
    expect(stdout.match(/^BAD/gm)).toHaveLength(1);
  });

  it('finds too little space', () => {
    expect(enough(1024 ** 3, '/data')).toBe('1,024 MiB are free');
    const told = '1,023 MiB are free on the device of /data. Make room: the log only grows.';
    expect(() => enough(1024 ** 3 - 1, '/data')).toThrow(told);
  });
});
