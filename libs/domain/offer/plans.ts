import type { Recorded } from '#lib/engine/model/envelope.js';
import { event } from '#lib/engine/model/message.js';
import { reject, type Finding, type Rejection } from '#lib/engine/model/refusal.js';
import { codePoints, isId, serviceId } from '../ids.js';
import { same } from '../same.js';
import type { Content, Plan } from './content.js';
import { onOffer } from './on-offer.js';
import {
  CreatePlan,
  DeletePlan,
  PlanCreated,
  PlanDeleted,
  PlanListingSaved,
  PlanResumed,
  PlanStopRequested,
  ResumePlan,
  SavePlanListing,
  StopPlan,
  type PlanEvent,
} from './plans-messages.js';
import { refuse } from './refusals.js';
import { managesLicenses, sellsPlan, type Offer } from './state.js';

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
      const { name, description } = data;
      return withPlan(content, data.planId, { name, description });
    }
    case 'PlanDeleted':
      return { ...content, plans: content.plans.filter(({ planId }) => planId !== data.planId) };
    case 'PlanStopRequested':
      return withPlan(content, data.planId, { onSale: false });
    case 'PlanResumed':
      return withPlan(content, data.planId, { onSale: true });
  }
}

function withPlan(content: Content, planId: string, change: Partial<Plan>): Content {
  return { ...content, plans: content.plans.map((plan) => (plan.planId === planId ? { ...plan, ...change } : plan)) };
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
    if (!plan) return notFound(offer, planId);
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

const deletePlan = onOffer({
  command: DeletePlan,
  decide(state, { offer, planId }) {
    const { publisherId, draft, usedPlanIds } = state;
    if (!draft.plans.some((plan) => plan.planId === planId)) {
      // Deleted already, or never there.
      return usedPlanIds.has(planId) ? [] : notFound(offer, planId);
    }
    const ids = { publisherId, offer, planId, serviceId: serviceId(offer, planId) };
    return reject(useFault(state, planId)) ?? [event(PlanDeleted, ids)];
  },
});

/** R27: neither a submission under way nor what is live may lose a plan; a failed one is published anew. */
function useFault({ submission, ...offer }: Offer, planId: string): Finding {
  const holds = ({ plans }: Content) => plans.some((plan) => plan.planId === planId);
  const isLive = offer.status !== 'unreleased' && holds(offer.live.content);
  const isUnderWay = submission !== null && submission.phase !== 'attentionNeeded' && holds(submission.content);
  return (
    (isLive || isUnderWay) &&
    refuse('PLAN_IN_USE', `Plan ${planId} ${isLive ? 'is or was live' : 'is in the submission under way'}.`)
  );
}

const stopPlan = onOffer({
  command: StopPlan,
  decide(state, { offer, planId, typedPlanId }, { now }) {
    const { publisherId, draft } = state;
    const plan = draft.plans.find((one) => one.planId === planId);
    if (!plan) return notFound(offer, planId);
    const isLive = sellsPlan(state, planId, now);
    const othersStay = draft.plans.some(
      (other) => other !== plan && other.onSale && sellsPlan(state, other.planId, now),
    );
    return (
      reject(
        !isLive && refuse('PLAN_NOT_LIVE', `Plan ${planId} is not live.`),
        isLive && plan.onSale && !othersStay && refuse('LAST_PLAN_ON_SALE', 'No other live plan stays on sale.'),
        typedPlanId !== planId && refuse('PLAN_ID_NOT_TYPED', `"${typedPlanId}" is not ${planId}.`, '/typedPlanId'),
      ) ??
      (plan.onSale
        ? [event(PlanStopRequested, { publisherId, offer, planId, serviceId: serviceId(offer, planId) })]
        : [])
    );
  },
});

const resumePlan = onOffer({
  command: ResumePlan,
  decide({ publisherId, draft }, { offer, planId }) {
    const plan = draft.plans.find((one) => one.planId === planId);
    if (!plan) return notFound(offer, planId);
    return plan.onSale ? [] : [event(PlanResumed, { publisherId, offer, planId, serviceId: serviceId(offer, planId) })];
  },
});

function notFound(offer: string, planId: string): Rejection {
  return { rejected: [refuse('PLAN_NOT_FOUND', `${offer} has no plan ${planId}.`)] };
}

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

/** The plans of the draft (R20–R30). */
export const plans = [createPlan, savePlanListing, deletePlan, stopPlan, resumePlan] as const;
