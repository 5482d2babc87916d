/** Tabs of the deal list, each with the statuses that it filters by. The words are those on screen. */
export const dealTabs = {
  'Action Required': ['Incomplete', 'Update required'],
  'In Progress': ['Submitted'],
  Closed: ['Approved', 'Declined'],
} as const;

export type DealTab = keyof typeof dealTabs;
export type DealStatus = (typeof dealTabs)[DealTab][number];

export const tabOf = {
  Incomplete: 'Action Required',
  'Update required': 'Action Required',
  Submitted: 'In Progress',
  Approved: 'Closed',
  Declined: 'Closed',
} as const satisfies Record<DealStatus, DealTab>;
