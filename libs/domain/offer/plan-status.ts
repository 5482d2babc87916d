import type { Plan } from './content.js';

/** The words of a plan (R30), exactly. */
export const planStatusWords = [
  'Draft',
  'Preview',
  'Live',
  'Pending stop distribution',
  'Not available in the marketplace',
] as const;
export type PlanStatusWord = (typeof planStatusWords)[number];

type OnSale = Pick<Plan, 'onSale'>;

/** A plan that is live shows how it sells; one that is not, how far it is. */
export function planStatusWord(draft: OnSale, live: OnSale | null, inPreview: boolean): PlanStatusWord {
  if (live === null) return inPreview ? 'Preview' : 'Draft';
  if (!live.onSale) return 'Not available in the marketplace';
  return draft.onSale ? 'Live' : 'Pending stop distribution';
}
