import type { LifeCycle } from '../life-cycle.js';
import type { LeadState } from './decider.js';

/** R45; an install lead stays submitted (R46). */
export const leadLifeCycle: LifeCycle<LeadState> = {
  category: 'lead',
  wordOf: ({ status }) => status,
  moves: [
    ['none', 'LeadSubmitted', 'submitted'],
    ['submitted', 'LeadAccepted', 'accepted'],
    ['submitted', 'LeadDeclined', 'declined'],
    ['submitted', 'LeadExpired', 'expired'],
    ['accepted', 'LeadWon', 'won'],
    ['accepted', 'LeadLost', 'lost'],
  ],
};
