import type { LifeCycle } from '../life-cycle.js';
import type { DealState } from './state.js';

export const dealLifeCycle: LifeCycle<DealState> = {
  category: 'deal',
  wordOf: ({ status }) => status,
  moves: [
    ['none', 'DealStarted', 'Incomplete'],
    ['Incomplete', 'DealRegistered', 'Submitted'],
    ['Submitted', 'DealUpdateRequested', 'Update required'],
    ['Update required', 'DealUpdated', 'Submitted'],
    ['Submitted', 'DealApproved', 'Approved'],
    ['Submitted', 'DealDeclined', 'Declined'],
  ],
};
