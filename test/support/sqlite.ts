import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolder, type FolderOptions, type SqliteFolder } from '#lib/adapters/sqlite/open.js';
import { fromSource } from './from-source.js';

const folders: string[] = [];

/** An empty folder's name, removed after the test file's last test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'seatledger-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Everything that the files of a folder hold, as bytes; of those whose name begins so. */
export function bytesOf(folder: string, name = ''): Buffer {
  const files = readdirSync(folder).filter((file) => file.startsWith(name));
  return Buffer.concat(files.map((file) => readFileSync(join(folder, file))));
}

/** A data folder opened as the server does, its writer's thread run from source. Faults fail the test. */
export function openTestFolder(folder: string, options: Partial<FolderOptions> = {}): Promise<SqliteFolder> {
  const fail = (fault: unknown) => {
    throw new Error(`Unexpected: ${String(fault)}`);
  };
  return openFolder({ folder, onFatal: fail, warn: fail, execArgv: fromSource, ...options });
}
