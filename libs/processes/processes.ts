import type { AnyProcessManager } from '#lib/engine/model/process.js';
import type { Settings } from '#lib/domain/settings.js';
import { consent } from './consent.js';
import { erasure } from './erasure.js';
import { invitations } from './invitations.js';
import { leads } from './leads.js';
import { licensedDeals } from './licensed-deals.js';
import { publishing } from './publishing.js';
import { seatPools } from './seat-pools.js';

/** Everything that happens by itself. */
export function processes(settings: Settings): readonly AnyProcessManager[] {
  return [consent, erasure, invitations, leads, licensedDeals, seatPools, publishing(settings)];
}
