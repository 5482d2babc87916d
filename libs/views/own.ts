import type { Owner } from '#lib/engine/model/aggregate.js';

/** Whether a publisher's documents are the caller's to see; to others they do not exist. */
export function isOwn(caller: Owner, publisherId: string): boolean {
  return caller.installation === true || caller.publisherId === publisherId;
}
