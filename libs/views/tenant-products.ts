import { isOneOf, type HttpRoute } from '#lib/engine/model/message.js';
import { onEach } from '#lib/engine/model/projection.js';
import type { Find, View } from '#lib/engine/model/query.js';
import { Nullable, Parts, TenantGuid, Text, Whole } from '#lib/engine/model/shape.js';
import { customerRoles } from '#lib/domain/roles.js';
import { seatPoolEvents, type SeatPoolEvent } from '#lib/domain/seat-pool/messages.js';
import { liveRef } from './offer-contents.js';
import { publisherRef } from './offer-status.js';
import { everyStream } from './stream-index.js';
import { answer, projection } from './view.js';

/** What a customer has of one plan. */
interface PlanTotals {
  readonly planId: string;
  readonly serviceId: string;
  readonly licenses: number;
  /** Seats given out, those that are only kept included (R74). */
  readonly held: number;
}

interface ProductDoc {
  readonly tenantId: string;
  readonly publisherId: string;
  readonly offer: string;
  /** In order of their Service IDs; plans that leave nothing are left out. */
  readonly plans: readonly PlanTotals[];
}

interface Kinds {
  /** By tenant and offer. */
  product: ProductDoc;
}

const productKey = ({ tenantId, offer }: { readonly tenantId: string; readonly offer: string }): string =>
  `${tenantId}.${offer}`;
const touches = ({ data }: { data: { tenantId: string; offer: string } }) => [['product', productKey(data)]] as const;

export const tenantProductsProjection = projection<Kinds>({
  name: 'tenant-products',
  version: 1,
  kinds: {
    product: {
      fields: { tenantId: 'text', offer: 'text' },
      indexes: [['tenantId', 'offer']],
      origins: { fields: { tenantId: (tenantId) => everyStream('seatPool', { tenantId }) } },
    },
  },
  on: onEach(seatPoolEvents, touches),
  fold(event, docs) {
    if (!isOneOf(seatPoolEvents, event)) return;
    const { tenantId, publisherId, offer, planId, serviceId } = event.data;
    const key = productKey(event.data);
    const product = docs.get('product', key) ?? { tenantId, publisherId, offer, plans: [] };
    const others = product.plans.filter((plan) => plan.serviceId !== serviceId);
    const before = product.plans.find((plan) => plan.serviceId === serviceId);
    const plan = totalsAfter(before ?? { planId, serviceId, licenses: 0, held: 0 }, event);
    const plans = plan.licenses > 0 || plan.held > 0 ? inOrder([...others, plan]) : others;
    if (plans.length > 0) docs.put('product', key, { ...product, plans });
    else docs.delete('product', key);
  },
});

function totalsAfter(plan: PlanTotals, event: SeatPoolEvent): PlanTotals {
  switch (event.type) {
    case 'SeatPoolResized':
      return { ...plan, licenses: event.data.to };
    case 'SeatAssigned':
      return { ...plan, held: plan.held + 1 };
    case 'SeatUnassigned':
      return { ...plan, held: plan.held - 1 };
    default:
      return plan;
  }
}

function inOrder(plans: readonly PlanTotals[]): PlanTotals[] {
  return [...plans].sort((a, b) => (a.serviceId < b.serviceId ? -1 : 1));
}

export class ProductPlan {
  @Text() planId!: string;
  @Text() serviceId!: string;
  @Nullable() @Text() name!: string | null;
  @Whole() licenses!: number;
  /** Seats in use. */
  @Whole() seats!: number;
  @Whole() available!: number;
}

export class TenantProduct {
  static readonly type = 'TenantProduct';
  @TenantGuid() tenantId!: string;
  @Text() publisherId!: string;
  @Nullable() @Text() publisherName!: string | null;
  @Text() offer!: string;
  /** Of the listing that customers see. */
  @Nullable() @Text() name!: string | null;
  @Whole() licenses!: number;
  @Whole() seats!: number;
  @Whole() available!: number;
  @Parts(() => ProductPlan) plans!: ProductPlan[];
}

/** The products that a customer has licenses or kept seats of, with totals over their plans. */
export class ProductsOfTenant {
  static readonly type = 'ProductsOfTenant';
  static readonly answers = TenantProduct;
  static readonly http: HttpRoute = {
    route: 'GET /customers/{tenantId}/products',
    by: customerRoles,
    summary: "A customer's products, with licenses and seats in total and plan by plan.",
    asOf: true,
  };
  static readonly rowKey = ['offer'];
  @TenantGuid() tenantId!: string;
}

function planOf({ planId, serviceId, licenses, held }: PlanTotals, name: string | null): ProductPlan {
  const seats = licenses > 0 ? held : 0;
  return { planId, serviceId, name, licenses, seats, available: Math.max(0, licenses - seats) };
}

const sum = (plans: readonly ProductPlan[], of: 'licenses' | 'seats' | 'available'): number =>
  plans.reduce((total, plan) => total + plan[of], 0);

export const tenantProducts: View = {
  projection: tenantProductsProjection,
  queries: [
    answer.list({
      query: ProductsOfTenant,
      find: ({ tenantId }): Find<ProductDoc> => ({
        view: tenantProductsProjection,
        kind: 'product',
        where: { tenantId: { eq: tenantId } },
        orderBy: 'offer',
      }),
      rows: [({ offer, publisherId }) => [liveRef(offer), publisherRef(publisherId)]],
      compose: ({ plans, ...product }, _query, docs): TenantProduct => {
        const live = docs.get(liveRef(product.offer));
        const nameOf = (planId: string) => live?.content.plans.find((plan) => plan.planId === planId)?.name ?? null;
        const shown = plans.map((plan) => planOf(plan, nameOf(plan.planId)));
        return {
          ...product,
          publisherName: docs.get(publisherRef(product.publisherId))?.name ?? null,
          name: live?.name ?? null,
          licenses: sum(shown, 'licenses'),
          seats: sum(shown, 'seats'),
          available: sum(shown, 'available'),
          plans: shown,
        };
      },
      filters: ['offer'],
    }),
  ],
};
