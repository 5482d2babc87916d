import type { Checkpoint, LiveRefusal } from './view-store.js';

/** Why a build is not made live, by its checkpoint and that of the live one; null: it may be. */
export function liveRefusal(
  build: Checkpoint | null,
  live: Checkpoint | null,
  when: 'equal' | 'anyhow',
): LiveRefusal | null {
  if (live === null) return null;
  if (build === null || build.position < live.position) return 'behind';
  if (when === 'anyhow') return null;
  // One that is ahead of the live one cannot be compared with it, until that has come along.
  if (build.position > live.position) return 'behind';
  return build.digest === live.digest && build.count === live.count ? null : 'different';
}
