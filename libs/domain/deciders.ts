import type { Decider } from '#lib/engine/model/aggregate.js';
import { publisher } from './publisher/decider.js';

/** Every kind of stream there is. A decider that is not named here does not exist. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const deciders: readonly Decider<any>[] = [publisher];
