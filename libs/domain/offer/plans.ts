import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject, type Finding } from '#lib/engine/model/refusal.js';
import { codePoints, isId, serviceId } from '../ids.js';
import { same } from '../same.js';
import type { Content, Plan } from './content.js';
import { onOffer } from './on-offer.js';
import { CreatePlan, PlanCreated, PlanListingSaved, SavePlanListing, type PlanEvent } from './plans-messages.js';
import { refuse } from './refusals.js';
import { managesLicenses, type Offer } from './state.js';

const limits = { plans: 100, planId: 50, name: 200, description: 3_000 } as const;

export function evolvePlans(state: Offer, event: Recorded<PlanEvent>): Offer {
  if (event.type === 'PlanCreated') state.usedPlanIds.add(event.data.planId);
  return { ...state, draft: withPlans(state.draft, event) };
}

/** A draft after a change of its plans. What it is given stays as it is: a submission may hold it, frozen (R18). */
export function withPlans(content: Content, { type, data }: Recorded<PlanEvent>): Content {
  switch (type) {
    case 'PlanCreated': {
      const plan: Plan = { planId: data.planId, name: data.name, description: null, onSale: true };
      return { ...content, plans: [...content.plans, plan] };
    }
    case 'PlanListingSaved': {
      const { planId, name, description } = data;
      const plans = content.plans.map((plan) => (plan.planId === planId ? { ...plan, name, description } : plan));
      return { ...content, plans };
    }
  }
}

const createPlan = onOffer({
  command: CreatePlan,
  decide(state, { offer, planId, name }) {
    const { publisherId, usedPlanIds, draft } = state;
    return (
      reject(
        !managesLicenses(state) && refuse('PLANS_NEED_LICENSE_MANAGEMENT', 'License management is not on.', '/planId'),
        (!isId(planId) || planId.length > limits.planId) &&
          refuse('PLAN_ID_INVALID', `"${planId}" is not a plan ID.`, '/planId'),
        usedPlanIds.has(planId) && refuse('PLAN_ID_TAKEN', `Plan ${planId} is there or was.`, '/planId'),
        nameFault(name, draft.plans),
        draft.plans.length >= limits.plans && refuse('TOO_MANY_PLANS', `There are ${draft.plans.length} plans.`),
      ) ?? [event(PlanCreated, { publisherId, offer, planId, serviceId: serviceId(offer, planId), name })]
    );
  },
  answer: (_events, { offer, planId }) => ({ serviceId: serviceId(offer, planId) }),
});

const savePlanListing = onOffer({
  command: SavePlanListing,
  decide({ publisherId, draft }, { offer, planId, name, description }) {
    const plan = draft.plans.find((one) => one.planId === planId);
    if (!plan) return { rejected: [refuse('PLAN_NOT_FOUND', `${offer} has no plan ${planId}.`)] };
    const length = codePoints(description ?? '');
    return (
      reject(
        nameFault(
          name,
          draft.plans.filter((other) => other !== plan),
        ),
        length > limits.description &&
          refuse('PLAN_DESCRIPTION_TOO_LONG', `The description has ${length} characters.`, '/description'),
      ) ??
      (same({ ...plan, name, description }, plan)
        ? []
        : [
            event(PlanListingSaved, {
              publisherId,
              offer,
              planId,
              serviceId: serviceId(offer, planId),
              name,
              description,
            }),
          ])
    );
  },
});

/** R22: among the plans that are not deleted. A plan always has a name, so that it can be told from the others. */
function nameFault(name: string, others: readonly Plan[]): Finding {
  const length = codePoints(name);
  if (name.trim() === '' || length > limits.name) {
    return refuse('PLAN_NAME_INVALID', `The name is blank or has ${length} characters.`, '/name');
  }
  return (
    others.some((other) => comparable(other.name) === comparable(name)) &&
    refuse('PLAN_NAME_TAKEN', `Another plan is called "${name}".`, '/name')
  );
}

function comparable(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

/** The plans of the draft (domain.md §5). */
export const plans = [createPlan, savePlanListing] as const;
