import { jest } from '@jest/globals';
import { readConfig } from '#lib/product/config/config.js';
import type { ExportFile } from '#lib/engine/transfer/export-file.js';
import { importLog } from '#lib/engine/transfer/import-log.js';
import { historyAsExport } from '#lib/histories/as-export.js';
import Libsql from 'libsql';
import { join } from 'node:path';
import { schema } from '../../apps/cli/schema.js';
import { startServer } from '../../apps/server/server.js';
import { ManualClock } from '../support/clock.js';
import { fromSource } from '../support/from-source.js';
import { foldedAlike } from '../support/same-digests.js';
import { newFolder } from '../support/sqlite.js';
import { newPair, withStores } from '../support/stores.js';
import { until } from '../support/until.js';
import { contentOf } from '../transfer/copies.js';
import { seatledger } from './terminal.js';

// Each command opens a folder, which compiles the source of a thread.
jest.setTimeout(60_000);

type Environment = Readonly<Record<string, string>>;

const args = ['generate', '--events', '3000', '--seed', '7'];
const at = (folder: string) => ({ environment: { SEATLEDGER_DATA: folder } });
const configOf = (environment: Environment) => readConfig({ SEATLEDGER_LOG_LEVEL: 'silent', ...environment });

/** Every byte of the log but its ID, which is drawn, and the hashes, whose chain begins with it. */
function rowsOf(folder: string): unknown {
  const file = new Libsql(join(folder, 'events.db'), { readonly: true });
  const columns = 'e.position, s.name, e.revision, e.event_id, e.type, e.v, e.recorded_at, e.data, e.meta';
  try {
    return file
      .prepare(`SELECT ${columns} FROM events e JOIN streams s ON s.id = e.stream_id ORDER BY e.position`)
      .all();
  } finally {
    file.close();
  }
}

let whole: string;
let content: Awaited<ReturnType<typeof contentOf>>;
beforeAll(async () => {
  whole = newFolder();
  const { code, stdout, stderr } = await seatledger(args, at(whole));
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Generated 3,0\d\d events and \d+ records[.] Start the server here.*\nData folder: .*\n$/);
  content = await withStores(configOf({ SEATLEDGER_DATA: whole }), contentOf);
});

describe('seatledger generate', () => {
  it('writes the same bytes for the same seed, and nothing the second time', async () => {
    const other = newFolder();
    const made = await seatledger([...args, '--json'], at(other));
    const counts = { records: content.records.length, events: content.events.length };
    expect(JSON.parse(made.stdout)).toEqual({ seed: 7, outcome: 'imported', ...counts });
    expect(rowsOf(other)).toEqual(rowsOf(whole));
    const again = await seatledger(args, at(other));
    const nothing = `This history was generated here before. Nothing was done.\nData folder: ${other}\n`;
    expect(again).toEqual({ code: 0, stdout: nothing, stderr: '' });
  });

  it('writes the same into KurrentDB and MongoDB', async () => {
    const environment = await newPair(async () => undefined);
    const { code, stderr } = await seatledger([...args, '--json'], { environment });
    expect([code, stderr]).toEqual([0, '']);
    expect(await withStores(configOf(environment), contentOf)).toEqual(content);
  });

  it('tells how far it is, goes on where it was stopped, and until then no server starts', async () => {
    const [folder, stopping] = [newFolder(), new AbortController()];
    // The first line of progress comes when a thousand events are written.
    const circumstances = { stepMs: 10_001, signal: stopping.signal, told: () => stopping.abort() };
    const stopped = await seatledger(args, { ...at(folder), ...circumstances });
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(stopped.stderr).toMatch(
      /^Generating: 1,000 events and 0 records\n(.*\n)*Stopped[.] An import or a generation/,
    );
    const started = startServer(configOf({ SEATLEDGER_DATA: folder, PORT: '0' }), { execArgv: fromSource });
    await expect(started).rejects.toThrow(
      'The import of a history of 3000 events by seed 7 was begun here and has not ended. ' +
        'Run `seatledger generate --events 3000 --seed 7` again: it goes on where it stopped.',
    );
    expect(await seatledger(args, at(folder))).toMatchObject({ code: 0, stderr: '' });
    expect(rowsOf(folder)).toEqual(rowsOf(whole));
  });

  it('refuses stores that hold anything else, and counts and seeds that are none', async () => {
    const other = await seatledger(['generate', '--events', '10'], at(whole));
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toContain('The target is in use');
    for (const wrong of [
      ['--events', '0'],
      ['--events', '1e3'],
      ['--seed', '-1'],
      ['--seed', '4294967296'],
    ]) {
      const { code, stderr } = await seatledger(['generate', ...wrong], at(newFolder()));
      expect([code, stderr]).toEqual([2, expect.stringContaining('It is a whole number from')]);
    }
  });
});

async function* eventBlocks({ blocks }: ExportFile) {
  for await (const block of blocks) if (block.kind === 'event') yield block;
}

/** A server that finds the log alone reacts to all of it again, at the instant where it ends. */
it('what the processes did stands in a history as they would do it: they find nothing to do again', async () => {
  const config = configOf({
    SEATLEDGER_DATA: newFolder(),
    SEATLEDGER_AUTO_CERTIFY: 'off',
    SEATLEDGER_CHECK_PACKAGE_URL: 'off',
    PORT: '0',
  });
  const file = historyAsExport({ seed: 7, events: 3_000 }, 'Run it again.');
  const eventsAlone = {
    ...file,
    blocks: eventBlocks(file),
  };
  await withStores(config, ({ events, records }) =>
    importLog(eventsAlone, {
      events,
      records,
      schema,
      progress: () => undefined,
      signal: new AbortController().signal,
    }),
  );
  const clock = new ManualClock(content.events.at(-1)?.meta.recordedAt);
  const outgoing = async () => ({ kind: 'answered', status: 204, body: '' }) as const;
  const started = () => startServer(config, { clock, outgoing, execArgv: fromSource });
  const reacting = await started();
  await until(async () => (await fetch(`${reacting.address}/health/ready`)).status === 200);
  await reacting.close();
  // Whoever is ready has set all timers; those that are overdue may have been cut off by the stop, and fire now.
  const firing = await started();
  await until(async () =>
    /^seatledger_timers_overdue 0$/m.test(await (await fetch(`${firing.address}/metrics`)).text()),
  );
  await firing.close();
  await withStores(config, async (stores) => {
    const { events, records } = await contentOf(stores);
    expect(events).toEqual(content.events);
    const [timers, known] = [records, content.records].map((rows) => rows.filter(({ table }) => table === 'timers'));
    expect(timers).toEqual(known);
    expect(await foldedAlike(stores)).toBe(true);
  });
});
