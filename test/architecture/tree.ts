import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the whole project. */
export const root = join(import.meta.dirname, '..', '..');

/** Files of these folders and all below, as paths from the root with slashes, sorted. */
export function filesUnder(...folders: readonly string[]): string[] {
  const found = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? filesUnder(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    ),
  );
  return found.sort();
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** What a file of libs exports, by name. */
export async function exportsOf(path: string): Promise<Record<string, unknown>> {
  return import(path.replace(/^libs\/(.*)[.]ts$/, '#lib/$1.js'));
}

export interface Exported {
  /** `file:name` */
  readonly at: string;
  readonly name: string;
  readonly value: unknown;
}

/** All that the files of a folder of libs export; types leave no trace. */
export async function allExports(folder: string): Promise<Exported[]> {
  const found: Exported[] = [];
  // One after the other: jest links modules that share imports wrongly when they are loaded side by side.
  for (const path of filesUnder(folder)) {
    if (!path.endsWith('.ts') || path.endsWith('.d.ts')) continue;
    for (const [name, value] of Object.entries(await exportsOf(path)))
      found.push({ at: `${path}:${name}`, name, value });
  }
  return found;
}
