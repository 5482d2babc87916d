import type { Refusal } from '#lib/engine/model/refusal.js';
import { offer as offers } from '../offer/offer.js';
import { knowsPlan, sellsPlan, type OfferState } from '../offer/state.js';
import { relationshipState, type RelationshipState } from '../relationship/state.js';
import type { UpdateLicenses } from './messages.js';
import { eligibilityFault } from './offer-facts.js';
import { refuse } from './refusals.js';
import { countOf, type Deal } from './state.js';

/** R65 */
const countLimits = { least: 1, most: 1_000_000 } as const;

/** All that is wrong with an update of a registered deal's licenses, together. */
export function licenseFaults(
  state: Deal,
  command: UpdateLicenses,
  {
    offer = offers.initial(),
    relationship = relationshipState.initial(),
  }: { readonly offer?: OfferState; readonly relationship?: RelationshipState },
  now: string,
): readonly Refusal[] {
  return [
    ...customerFaults(state, command),
    ...growthFaults(state, command, relationship),
    ...countFaults(command),
    ...planFaults(state, command, offer, now),
    ...repeatFaults(command),
  ];
}

/** R50, R64, R68 */
function customerFaults(state: Deal, { tenantId, lines }: UpdateLicenses): Refusal[] {
  const faults: Refusal[] = [];
  if (state.form.tenantId !== null && state.form.tenantId !== tenantId) {
    faults.push(refuse('DEAL_TENANT_MISMATCH', `The deal names the tenant ${state.form.tenantId}.`, '/tenantId'));
  }
  if (state.customer === null && lines.length === 0) {
    faults.push(refuse('LICENSE_LINES_EMPTY', 'The deal has no license line yet.', '/lines'));
  }
  if (state.customer !== null && state.customer !== tenantId) {
    faults.push(refuse('DEAL_CUSTOMER_FIXED', `The deal's customer is ${state.customer}.`, '/tenantId'));
  }
  return faults;
}

/** Who may have licenses at all, and who more of them; lower counts and removals stay possible later on (R54, R63). */
function growthFaults(
  state: Deal,
  { lines }: UpdateLicenses,
  { status: consent }: RelationshipState,
): readonly Refusal[] {
  const faults: Refusal[] = [];
  if (consent === 'none') {
    faults.push(refuse('RELATIONSHIP_MISSING', 'No relationship with this customer is established.', '/tenantId'));
  }
  const takesMore = state.status === 'Submitted' || state.status === 'Approved';
  for (const [index, { planId, count }] of lines.entries()) {
    if (count <= countOf(state, planId)) continue;
    const pointer = `/lines/${index}`;
    if (!takesMore) faults.push(refuse('DEAL_ONLY_SHRINKS', `The deal is in the status ${state.status}.`, pointer));
    if (consent === 'terminated') {
      faults.push(refuse('RELATIONSHIP_TERMINATED', 'This line would give more licenses.', pointer));
    }
  }
  return faults;
}

/** R65 */
function countFaults({ lines }: UpdateLicenses): Refusal[] {
  const { least, most } = countLimits;
  return lines.flatMap(({ count }, index) =>
    Number.isInteger(count) && count >= least && count <= most
      ? []
      : [refuse('LICENSE_COUNT_INVALID', `${count} is not a number of licenses.`, `/lines/${index}/count`)],
  );
}

/** R55, R66; of an offer that is not eligible no plan is judged. */
function planFaults(state: Deal, { lines }: UpdateLicenses, offer: OfferState, now: string): readonly Refusal[] {
  const ineligible = eligibilityFault(offer);
  if (ineligible) return [ineligible];
  return lines.flatMap(({ planId }, index) => {
    const pointer = `/lines/${index}/planId`;
    if (!knowsPlan(offer, planId)) {
      return [refuse('LICENSE_PLAN_UNKNOWN', "The deal's offer has no such plan.", pointer)];
    }
    return state.lines.has(planId) || sellsPlan(offer, planId, now)
      ? []
      : [refuse('LICENSE_PLAN_NOT_ON_SALE', 'A new line needs a plan that is on sale.', pointer)];
  });
}

/** R67 */
function repeatFaults({ lines, removed }: UpdateLicenses): Refusal[] {
  const named = [
    ...lines.map(({ planId }, index) => ({ planId, pointer: `/lines/${index}/planId` })),
    ...removed.map((planId, index) => ({ planId, pointer: `/removed/${index}` })),
  ];
  const seen = new Set<string>();
  return named.flatMap(({ planId, pointer }) => {
    if (!seen.has(planId)) {
      seen.add(planId);
      return [];
    }
    return [refuse('LICENSE_PLAN_REPEATED', 'This plan is already named.', pointer)];
  });
}
