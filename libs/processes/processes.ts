import type { AnyProcessManager } from '#lib/engine/model/process.js';
import type { Settings } from '#lib/domain/settings.js';

/** Everything that happens by itself. */
export function processes(_settings: Settings): readonly AnyProcessManager[] {
  return [];
}
