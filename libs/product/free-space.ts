import { statfs } from 'node:fs/promises';
import type { Config } from './config/config.js';

/** Bytes of a folder's device. */
export interface Space {
  /** That this user may still write. */
  readonly free: number;
  readonly size: number;
}

export async function spaceOf(folder: string): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, size: blocks * bsize };
}

/** With less the next commands may be refused for want of space, and views stand still: 64 MiB, or a twentieth of a small device. */
export function leastToGoOn({ size }: Pick<Space, 'size'>): number {
  return Math.min(64 * 1024 ** 2, size / 20);
}

/** Whether there is room in the data folder to go on; always, where nothing is kept in one. */
export async function hasRoom(
  { data, events, views }: Config,
  look: (folder: string) => Promise<Space>,
): Promise<boolean> {
  if (events !== null && views !== null) return true;
  const space = await look(data);
  return space.free >= leastToGoOn(space);
}
