import { statfs } from 'node:fs/promises';
import type { Config } from './config/config.js';

/** With less the next commands may be refused for want of space, and views stand still. */
export const leastToGoOn = 64 * 1024 ** 2;

/** Bytes that this user may still write on a folder's device. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Whether there is room in the data folder to go on; always, where nothing is kept in one. */
export async function hasRoom(
  { data, events, views }: Config,
  free: (folder: string) => Promise<number>,
): Promise<boolean> {
  const usesFolder = events === null || views === null;
  return !usesFolder || (await free(data)) >= leastToGoOn;
}
