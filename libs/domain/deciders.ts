import type { Decider } from '#lib/engine/model/aggregate.js';
import { deal } from './deal/decider.js';
import { invitation } from './invitation/decider.js';
import { offer } from './offer/offer.js';
import { publisher } from './publisher/decider.js';
import { relationship } from './relationship/decider.js';
import { seatPool } from './seat-pool/decider.js';

/** Every kind of stream there is. A decider that is not named here does not exist. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const deciders: readonly Decider<any>[] = [publisher, offer, deal, invitation, relationship, seatPool];
