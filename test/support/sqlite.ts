import { mkdtempSync, rmSync } from 'node:fs';
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

/** A data folder opened as the server does, its writer's thread run from source. Faults fail the test. */
export function openTestFolder(folder: string, options: Partial<FolderOptions> = {}): Promise<SqliteFolder> {
  const fail = (fault: unknown) => {
    throw new Error(`Unexpected: ${String(fault)}`);
  };
  return openFolder({ folder, onFatal: fail, warn: fail, execArgv: fromSource, ...options });
}
