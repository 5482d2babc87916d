import { UpdateLicenses } from '#lib/domain/deal/messages.js';
import { dealFor } from './deal.js';
import { isEligible } from './invitation.js';
import { isSold } from './plans.js';
import { relationshipOf } from './relationship.js';
import { resized } from './seat-pool.js';
import { dealStaff, rule, unless, type Rule } from './model.js';

const isCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= 1_000_000;

export const licenseRules: readonly Rule[] = [
  rule(UpdateLicenses, dealStaff, (model, { dealId, tenantId, lines, removed }, asked) => {
    const deal = dealFor(model, dealId, asked);
    if (!deal) return 'NOT_FOUND';
    const countOf = (planId: string) => deal.lines.find((line) => line.planId === planId)?.count ?? 0;
    const offer = model.offers.find(({ key }) => key === deal.form.offer);
    const own = offer?.draft.plans.map(({ planId }) => planId) ?? [];
    const named = [...lines.map(({ planId }) => planId), ...removed];
    const grows = lines.some(({ planId, count }) => count > countOf(planId));
    const relationship = relationshipOf(model, deal.publisherId, tenantId);
    return unless(
      [
        [deal.status === 'Incomplete', 'DEAL_NOT_REGISTERED'], // R47
        [deal.form.tenantId !== null && deal.form.tenantId !== tenantId, 'DEAL_TENANT_MISMATCH'], // R50
        [grows && !['Submitted', 'Approved'].includes(deal.status), 'DEAL_ONLY_SHRINKS'], // R54
        [!isEligible(model, deal), 'DEAL_NOT_ELIGIBLE'], // R55
        [!relationship, 'RELATIONSHIP_MISSING'], // R63
        [relationship && !relationship.established && grows, 'RELATIONSHIP_TERMINATED'],
        [deal.customer === null && lines.length === 0, 'LICENSE_LINES_EMPTY'], // R64
        [!lines.every(({ count }) => isCount(count)), 'LICENSE_COUNT_INVALID'], // R65
        ...lines.flatMap(({ planId }) => [
          [!own.includes(planId), 'LICENSE_PLAN_UNKNOWN'] as const, // R66
          [countOf(planId) === 0 && offer && !isSold(model, offer, planId), 'LICENSE_PLAN_NOT_ON_SALE'] as const,
        ]),
        [new Set(named).size < named.length, 'LICENSE_PLAN_REPEATED'], // R67
        [deal.customer !== null && deal.customer !== tenantId, 'DEAL_CUSTOMER_FIXED'], // R68
      ],
      () => {
        const before = new Map(named.map((planId) => [planId, countOf(planId)]));
        deal.customer = tenantId;
        deal.lines = [
          ...deal.lines.filter(({ planId }) => !named.includes(planId)),
          ...lines.map(({ planId, count }) => ({ planId, count })),
        ];
        for (const [planId, count] of before) if (countOf(planId) !== count) resized(model, deal, planId);
      },
    );
  }),
];
