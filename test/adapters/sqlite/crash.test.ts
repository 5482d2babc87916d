import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { StoredEvent } from '#lib/engine/ports/event-store.js';
import { followToHead } from '../../contract/events.js';
import { runSource, runSourceWithFileLimit } from '../../support/from-source.js';
import { newFolder, openTestFolder } from '../../support/sqlite.js';

type Child = ReturnType<typeof runSource>;

/** The lines of a process and how it ended; `seen` is called after each line. */
async function outputOf(child: Child, seen: (lines: readonly string[]) => void = () => undefined) {
  const exited = once(child, 'exit');
  const lines: string[] = [];
  if (!child.stdout) throw new Error('The process has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    seen(lines);
  }
  const [code, signal] = (await exited) as [number | null, string | null];
  return { lines, code, signal };
}

const writingProcess = 'adapters/sqlite/writing-process.ts';

/** Runs the writing process and kills it with -9 as soon as it has acknowledged so many appends. Its lines. */
async function writeAndKill(folder: string, callers: number, acknowledgements: number): Promise<string[]> {
  const child = runSource(writingProcess, folder, String(callers));
  const { lines, signal } = await outputOf(child, ({ length }) => {
    if (length > acknowledgements) child.kill('SIGKILL');
  });
  expect(signal).toBe('SIGKILL');
  return lines;
}

/** Everything that was acknowledged is there, and of each command everything or nothing. */
async function expectAll(folder: string, lines: readonly string[]): Promise<void> {
  const acknowledged = lines.filter((line) => line.startsWith('acknowledged ')).map((line) => line.split(' '));
  const { events, records, close } = await openTestFolder(folder);
  const streams = new Map<string, StoredEvent[]>();
  for (const event of (await followToHead(events, null)).flatMap((page) => page.events)) {
    streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  }
  for (const [, caller = '', revision = '', position] of acknowledged) {
    expect(streams.get(`thing-${caller}`)?.[Number(revision)]?.position).toBe(position);
    const row = await records.get('acknowledged', `thing-${caller}`);
    expect((row?.value as { revision: number }).revision).toBeGreaterThanOrEqual(Number(revision));
  }
  for (const [stream, stored] of streams) {
    expect(stored.map(({ revision }) => revision)).toEqual(stored.map((_, index) => index));
    const { name } = stored.at(-1)?.data as { name: string };
    const last = /n(\d+)-(\d+)$/.exec(name) ?? [];
    expect([stream, Number(last[2])]).toEqual([stream, Number(last[1]) % 3]);
  }
  await close();
}

describe('SQLite', () => {
  it.each([
    [1, 1],
    [16, 10],
    [64, 200],
    [64, 1_500],
  ])(
    'killed with -9 with %i callers and %i acknowledgements has all that was acknowledged and no part of a command',
    async (callers, acknowledgements) => {
      const folder = newFolder();
      const lines = await writeAndKill(folder, callers, acknowledgements);
      expect(lines.length).toBeGreaterThan(acknowledgements);
      await expectAll(folder, lines);
    },
    60_000,
  );

  it('acknowledges nothing after the disk failed, ends its process with a code, and has all that it acknowledged', async () => {
    const folder = newFolder();
    const { lines, code } = await outputOf(runSourceWithFileLimit(2_000_000, writingProcess, folder, '16'));
    expect(code).toBe(70);
    expect(lines.at(-1)).toMatch(/^fatal Reading or writing .*\.db failed: .*disk I\/O error/);
    expect(lines.filter((line) => line.startsWith('fatal'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('acknowledged')).length).toBeGreaterThan(10);
    await expectAll(folder, lines);
  }, 60_000);

  it('gives the folder to one process at a time, and to the next as soon as the first is killed', async () => {
    const folder = newFolder();
    const first = await openTestFolder(folder);
    expect(await outputOf(runSource(writingProcess, folder, '0'))).toEqual({
      lines: [
        `refused DataFolderError: The data folder ${folder} is in use by another process. ` +
          'Stop that process, or choose another data folder.',
      ],
      code: 3,
      signal: null,
    });
    await expect(openTestFolder(folder)).rejects.toThrow('in use by another process');
    await first.close();
    await writeAndKill(folder, 1, 1);
    await (await openTestFolder(folder)).close();
  }, 60_000);
});
