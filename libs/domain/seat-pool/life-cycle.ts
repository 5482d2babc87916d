import type { LifeCycle } from '../life-cycle.js';
import type { SeatPoolState } from './state.js';

/** R73, R74: a conflict is open or not, and overdue or not, while the pool is active. */
export const seatPoolLifeCycle: LifeCycle<SeatPoolState> = {
  category: 'seatPool',
  wordOf: (state) => {
    if (state.status !== 'active' || !state.conflict) return state.status;
    return state.conflict.overdue ? 'overdue' : 'in conflict';
  },
  moves: [
    ['none', 'SeatPoolResized', 'active'],
    ['active', 'LicenseConflictDetected', 'in conflict'],
    ['in conflict', 'LicenseConflictResolved', 'active'],
    ['in conflict', 'LicenseConflictOverdue', 'overdue'],
    ['overdue', 'LicenseConflictResolved', 'active'],
    ['active', 'SeatPoolResized', 'deactivated'],
    ['in conflict', 'SeatPoolResized', 'deactivated'],
    ['overdue', 'SeatPoolResized', 'deactivated'],
    ['deactivated', 'SeatPoolDeactivated', 'grace'],
    ['grace', 'SeatPoolGraceEnded', 'deactivated'],
    ['grace', 'SeatPoolResized', 'active'],
    ['deactivated', 'SeatPoolResized', 'active'],
  ],
};
