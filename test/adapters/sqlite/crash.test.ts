import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { StoredEvent } from '#lib/engine/ports/event-store.js';
import { runSource } from '../../support/from-source.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

/** Runs the writing process and kills it with -9 as soon as it has acknowledged so many appends. Its last lines. */
async function writeAndKill(folder: string, callers: number, acknowledgements: number): Promise<string[]> {
  const child = runSource('adapters/sqlite/writing-process.ts', folder, String(callers));
  const exited = once(child, 'exit');
  const lines: string[] = [];
  if (!child.stdout) throw new Error('The process has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length > acknowledgements) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return lines;
}

describe('SQLite, killed with -9 while it writes', () => {
  it.each([
    [1, 1],
    [16, 10],
    [64, 200],
    [64, 1_500],
  ])(
    'with %i callers and %i acknowledgements, has all that was acknowledged and no part of a command',
    async (callers, acknowledgements) => {
      const folder = newFolder();
      const lines = await writeAndKill(folder, callers, acknowledgements);
      const acknowledged = lines.filter((line) => line.startsWith('acknowledged ')).map((line) => line.split(' '));
      expect(acknowledged.length).toBeGreaterThanOrEqual(acknowledgements);

      const { events, records, close } = await openTestFolder(folder);
      const streams = new Map<string, StoredEvent[]>();
      const stop = new AbortController();
      for await (const page of events.follow(null, stop.signal)) {
        for (const event of page.events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
        if (page.atHead) stop.abort();
      }
      for (const [, caller = '', revision = '', position] of acknowledged) {
        expect(streams.get(`thing-${caller}`)?.[Number(revision)]?.position).toBe(position);
        const row = await records.get('acknowledged', `thing-${caller}`);
        expect(row?.value).toMatchObject({ revision: expect.any(Number) });
        expect((row?.value as { revision: number }).revision).toBeGreaterThanOrEqual(Number(revision));
      }
      for (const [stream, stored] of streams) {
        expect(stored.map(({ revision }) => revision)).toEqual(stored.map((_, index) => index));
        const last = /n(\d+)-(\d+)$/.exec(stored.at(-1)?.id ?? '') ?? [];
        expect([stream, Number(last[2])]).toEqual([stream, Number(last[1]) % 3]);
      }
      await close();
    },
    60_000,
  );

  it('gives the folder to one process at a time, and to the next as soon as the first is killed', async () => {
    const folder = newFolder();
    const first = await openTestFolder(folder);
    const second = runSource('adapters/sqlite/writing-process.ts', folder, '0');
    let output = '';
    second.stdout?.on('data', (data: Buffer) => (output += data.toString()));
    const code = await new Promise((resolve) => second.once('close', resolve));
    expect([code, output]).toEqual([
      3,
      `refused DataFolderError: The data folder ${folder} is in use by another process. ` +
        'Stop that process, or choose another data folder.\n',
    ]);
    await expect(openTestFolder(folder)).rejects.toThrow('in use by another process');
    await first.close();
    await writeAndKill(folder, 1, 1);
    await (await openTestFolder(folder)).close();
  }, 60_000);
});
