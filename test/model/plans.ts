import { CreatePlan, DeletePlan, ResumePlan, SavePlanListing, StopPlan } from '#lib/domain/offer/plans-messages.js';
import type { Plan } from '#lib/domain/offer/content.js';
import { isUnderWay, offerFor } from './offer.js';
import { publisherStaff, rule, unless, type Model, type ModelOffer, type Rule } from './model.js';

const folded = (name: string): string => name.normalize('NFC').trim().toLowerCase();
const isNamed = (name: string): boolean => name.trim() !== '' && name.length <= 200;

function planOf(offer: ModelOffer | undefined, planId: string): Plan | undefined {
  return offer?.draft.plans.find((plan) => plan.planId === planId);
}

function isNameTaken(offer: ModelOffer | undefined, name: string, but: string | null): boolean {
  return offer?.draft.plans.some((plan) => plan.planId !== but && folded(plan.name) === folded(name)) ?? false;
}

/** Until a stop is due, an offer sells as before (R36). */
export function isOnSale({ now }: Model, { market, stopDueAt }: ModelOffer): boolean {
  return market === 'live' || (market === 'stopping' && stopDueAt !== null && now < stopDueAt);
}

/** R66: a live plan that is not stopped, of an offer on sale. */
export function isSold(model: Model, offer: ModelOffer, planId: string): boolean {
  const isLive = offer.live?.content.plans.some((plan) => plan.planId === planId && plan.onSale) ?? false;
  return isOnSale(model, offer) && isLive;
}

function change(offer: ModelOffer | undefined, planId: string, to: Partial<Plan>): void {
  if (!offer) return;
  const plans = offer.draft.plans.map((plan) => (plan.planId === planId ? { ...plan, ...to } : plan));
  offer.draft = { ...offer.draft, plans };
}

export const planRules: readonly Rule[] = [
  rule(CreatePlan, publisherStaff, (model, { offer: key, planId, name }, asked) => {
    const offer = offerFor(model, key, asked);
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [offer?.draft.offerSetup?.licenseManagement !== true, 'PLANS_NEED_LICENSE_MANAGEMENT'], // R20
        [!/^[a-z0-9_-]{1,50}$/.test(planId), 'PLAN_ID_INVALID'], // R21
        [offer?.usedPlanIds.includes(planId), 'PLAN_ID_TAKEN'],
        [!isNamed(name), 'PLAN_NAME_INVALID'], // R22
        [isNameTaken(offer, name, null), 'PLAN_NAME_TAKEN'],
      ],
      () => {
        if (!offer) return;
        offer.usedPlanIds.push(planId);
        const plans = [...offer.draft.plans, { planId, name, description: null, onSale: true }];
        offer.draft = { ...offer.draft, plans };
      },
    );
  }),

  rule(SavePlanListing, publisherStaff, (model, { offer: key, planId, name, description }, asked) => {
    const offer = offerFor(model, key, asked);
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [!planOf(offer, planId), 'PLAN_NOT_FOUND'],
        [!isNamed(name), 'PLAN_NAME_INVALID'], // R22
        [isNameTaken(offer, name, planId), 'PLAN_NAME_TAKEN'],
        [(description?.length ?? 0) > 3_000, 'PLAN_DESCRIPTION_TOO_LONG'], // R23
      ],
      () => change(offer, planId, { name, description }),
    );
  }),

  rule(DeletePlan, publisherStaff, (model, { offer: key, planId }, asked) => {
    const offer = offerFor(model, key, asked);
    const isSubmitted =
      offer && isUnderWay(offer) && offer.submission?.content.plans.some((plan) => plan.planId === planId);
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [!offer?.usedPlanIds.includes(planId), 'PLAN_NOT_FOUND'],
        [isSubmitted || offer?.signedOffPlanIds.includes(planId), 'PLAN_IN_USE'], // R27
      ],
      () => {
        if (!offer) return;
        offer.draft = { ...offer.draft, plans: offer.draft.plans.filter((plan) => plan.planId !== planId) };
      },
    );
  }),

  rule(StopPlan, publisherStaff, (model, { offer: key, planId, typedPlanId }, asked) => {
    const offer = offerFor(model, key, asked);
    const staying = offer?.draft.plans.filter((plan) => plan.onSale && isSold(model, offer, plan.planId));
    const isLast = staying?.length === 1 && staying[0]?.planId === planId;
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [!planOf(offer, planId), 'PLAN_NOT_FOUND'],
        [offer && !isSold(model, offer, planId), 'PLAN_NOT_LIVE'], // R28
        [isLast, 'LAST_PLAN_ON_SALE'],
        [typedPlanId !== planId, 'PLAN_ID_NOT_TYPED'], // R29
      ],
      () => change(offer, planId, { onSale: false }),
    );
  }),

  rule(ResumePlan, publisherStaff, (model, { offer: key, planId }, asked) => {
    const offer = offerFor(model, key, asked);
    return unless(
      [
        [!offer, 'NOT_FOUND'],
        [!planOf(offer, planId), 'PLAN_NOT_FOUND'],
      ],
      () => change(offer, planId, { onSale: true }), // R29
    );
  }),
];
