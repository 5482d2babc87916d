import type { AnyDecider } from '#lib/engine/model/aggregate.js';
import { deal } from './deal/decider.js';
import { invitation } from './invitation/decider.js';
import { lead } from './lead/decider.js';
import { offer } from './offer/offer.js';
import { person } from './person/decider.js';
import { publisher } from './publisher/decider.js';
import { relationship } from './relationship/decider.js';
import { seatPool } from './seat-pool/decider.js';

/** Every kind of stream there is. A decider that is not named here does not exist. */
export const deciders: readonly AnyDecider[] = [
  publisher,
  offer,
  deal,
  invitation,
  relationship,
  seatPool,
  lead,
  person,
];
