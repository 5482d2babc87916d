import { dealLifeCycle } from './deal/life-cycle.js';
import { invitationLifeCycle } from './invitation/life-cycle.js';
import { leadLifeCycle } from './lead/life-cycle.js';
import type { AnyLifeCycle } from './life-cycle.js';
import { offerLifeCycle } from './offer/life-cycle.js';
import { relationshipLifeCycle } from './relationship/life-cycle.js';
import { seatPoolLifeCycle } from './seat-pool/life-cycle.js';

/** Of every kind of stream that has a status worth the name. */
export const lifeCycles: readonly AnyLifeCycle[] = [
  offerLifeCycle,
  dealLifeCycle,
  invitationLifeCycle,
  relationshipLifeCycle,
  seatPoolLifeCycle,
  leadLifeCycle,
];
