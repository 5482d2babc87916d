import type { HttpRoute } from '#lib/engine/model/message.js';
import type { Docs } from '#lib/engine/model/projection.js';
import type { View } from '#lib/engine/model/query.js';
import { Nullable, OneOf, Text, Whole } from '#lib/engine/model/shape.js';
import { planNamedBy, publisherOf, serviceId } from '#lib/domain/ids.js';
import type { Plan } from '#lib/domain/offer/content.js';
import type { Market } from '#lib/domain/offer/state.js';
import { planStatusWord, planStatusWords, type PlanStatusWord } from '#lib/domain/offer/status.js';
import { auditRoles, publisherRoles } from '#lib/domain/roles.js';
import { fromOffer } from './offer-contents.js';
import { offerRef } from './offer-status.js';
import { isOwn } from './own.js';
import { answer, projection } from './view.js';

type PlanListing = Omit<Plan, 'planId'>;

/** A plan. `name` and `description` are what customers see: live ones, before that the drafted (R30). */
export interface PlanDoc {
  readonly serviceId: string;
  readonly publisherId: string;
  readonly offer: string;
  readonly planId: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: PlanStatusWord;
  readonly draft: PlanListing;
  /** Frozen by the newest submission (R18). */
  readonly submitted: PlanListing | null;
  readonly inPreview: boolean;
  /** Where its offer stands, once the plan is live. */
  readonly market: Market;
  readonly live: PlanListing | null;
  /** Of the offer, when the plan last changed. */
  readonly revision: number;
}

interface Kinds {
  /** By Service ID. */
  plan: PlanDoc;
}

const touchesPlan = ({ data }: { data: { serviceId: string } }) => [['plan', data.serviceId] as const];
const touchesPlans = ({ data }: { data: { offer: string; planIds: string[] } }) =>
  data.planIds.map((planId) => ['plan', serviceId(data.offer, planId)] as const);

export const plansProjection = projection<Kinds>({
  name: 'plans',
  version: 1,
  kinds: {
    plan: {
      fields: { offer: 'text', serviceId: 'text', status: 'text' },
      indexes: [['offer', 'serviceId']],
      origins: { key: (service) => fromOffer.key(planNamedBy(service).offer), fields: { offer: fromOffer.key } },
    },
  },
  on: {
    PlanCreated: touchesPlan,
    PlanListingSaved: touchesPlan,
    PlanDeleted: touchesPlan,
    PlanStopRequested: touchesPlan,
    PlanResumed: touchesPlan,
    OfferSubmitted: touchesPlans,
    OfferPreviewCreated: touchesPlans,
    OfferWentLive: touchesPlans,
    StopDistributionRequested: touchesPlans,
    OfferDistributionStopped: touchesPlans,
  },
  fold(event, docs) {
    const { type, data, revision } = event;
    switch (type) {
      case 'PlanCreated': {
        const { publisherId, offer, planId, name } = data;
        const draft = { name, description: null, onSale: true };
        const fresh = { serviceId: data.serviceId, publisherId, offer, planId, ...nothing, draft, revision };
        return docs.put('plan', data.serviceId, shown(fresh));
      }
      case 'PlanListingSaved': {
        const { name, description } = data;
        return changePlan(docs, data.serviceId, revision, ({ draft }) => ({ draft: { ...draft, name, description } }));
      }
      case 'PlanDeleted':
        return docs.delete('plan', data.serviceId);
      case 'PlanStopRequested':
        return changePlan(docs, data.serviceId, revision, ({ draft }) => ({ draft: { ...draft, onSale: false } }));
      case 'PlanResumed':
        return changePlan(docs, data.serviceId, revision, ({ draft }) => ({ draft: { ...draft, onSale: true } }));
      case 'OfferSubmitted':
        for (const planId of data.planIds) {
          // The preview that there may be is replaced.
          const change = ({ draft }: PlanDoc) => ({ submitted: draft, inPreview: false });
          changePlan(docs, serviceId(data.offer, planId), revision, change);
        }
        return;
      case 'OfferPreviewCreated':
        for (const planId of data.planIds) {
          changePlan(docs, serviceId(data.offer, planId), revision, () => ({ inPreview: true }));
        }
        return;
      case 'OfferWentLive':
        for (const planId of data.planIds) {
          const change = ({ submitted }: PlanDoc) => ({ live: submitted, inPreview: false, market: 'live' as const });
          changePlan(docs, serviceId(data.offer, planId), revision, change);
        }
        return;
      case 'StopDistributionRequested':
        for (const planId of data.planIds) {
          // The preview that there may be is discarded.
          const change = () => ({ inPreview: false, market: 'stopping' as const });
          changePlan(docs, serviceId(data.offer, planId), revision, change);
        }
        return;
      case 'OfferDistributionStopped':
        for (const planId of data.planIds) {
          changePlan(docs, serviceId(data.offer, planId), revision, () => ({ market: 'stopped' }));
        }
        return;
    }
  },
});

const nothing = { submitted: null, inPreview: false, live: null, market: 'unreleased' } as const;

function changePlan(docs: Docs<Kinds>, key: string, revision: number, change: (plan: PlanDoc) => Partial<PlanDoc>) {
  const before = docs.get('plan', key);
  if (before) docs.put('plan', key, shown({ ...before, ...change(before), revision }));
}

/** Fills in what follows from the rest. */
function shown(plan: Omit<PlanDoc, 'name' | 'description' | 'status'>): PlanDoc {
  const { name, description } = plan.live ?? plan.draft;
  return { ...plan, name, description, status: planStatusWord(plan.market, plan.draft, plan.live, plan.inPreview) };
}

export class PlanRow {
  static readonly type = 'PlanRow';
  @Text({ example: 'fabrikam.f365.gold' }) serviceId!: string;
  @Text() offer!: string;
  @Text() planId!: string;
  @Text({ description: 'As saved; what customers see is liveName.' }) name!: string;
  @Nullable() @Text() description!: string | null;
  @Nullable() @Text() liveName!: string | null;
  @OneOf(planStatusWords) status!: PlanStatusWord;
  /** Of the offer. */
  @Whole() revision!: number;
}

/** The plan overview: names, Service IDs to copy, statuses. */
export class ListPlans {
  static readonly type = 'ListPlans';
  static readonly answers = PlanRow;
  static readonly http: HttpRoute = {
    route: 'GET /offers/{offer}/plans',
    by: [...publisherRoles, ...auditRoles],
    summary: 'Plans of an offer with their Service IDs and status.',
    asOf: true,
  };
  static readonly rowKey = ['serviceId'];
  @Text() offer!: string;
}

export const plans: View = {
  projection: plansProjection,
  queries: [
    answer.list<ListPlans, PlanDoc, PlanRow>({
      query: ListPlans,
      before: [({ offer }) => [offerRef(offer)]],
      find: ({ offer }, docs, { caller }) =>
        docs.get(offerRef(offer)) && isOwn(caller, publisherOf(offer))
          ? { view: plansProjection, kind: 'plan', where: { offer: { eq: offer } }, orderBy: 'serviceId' }
          : null,
      compose: ({ serviceId: service, offer, planId, draft, live, status, revision }, _query, docs) => ({
        serviceId: service,
        offer,
        planId,
        name: draft.name,
        description: draft.description,
        liveName: live?.name ?? null,
        status,
        revision: docs.get(offerRef(offer))?.revision ?? revision,
      }),
      filters: ['status'],
    }),
  ],
};
