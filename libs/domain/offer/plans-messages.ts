import type { EventOf, HttpRoute } from '#lib/engine/model/message.js';
import { Nullable, Text } from '#lib/engine/model/shape.js';
import { offerRoles } from '../roles.js';

export class PlanAddress {
  static readonly type = 'PlanAddress';
  @Text({ description: 'publisherId.offerId.planId (R24).', example: 'fabrikam.f365.gold' }) serviceId!: string;
}

/** A plan has its Service ID at once, while the offer is still in Draft (R24). */
export class CreatePlan {
  static readonly type = 'CreatePlan';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/plans',
    by: offerRoles,
    status: 201,
    summary: 'Create a plan; its Service ID is there at once.',
  };
  static readonly answers = PlanAddress;
  @Text() offer!: string;
  @Text({ example: 'gold' }) planId!: string;
  @Text({ example: 'Gold' }) name!: string;
}

export class PlanCreated {
  static readonly type = 'PlanCreated';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() planId!: string;
  @Text() serviceId!: string;
  @Text() name!: string;
}

export class SavePlanListing {
  static readonly type = 'SavePlanListing';
  static readonly http: HttpRoute = {
    route: 'PUT /offers/{offer}/plans/{planId}',
    by: offerRoles,
    summary: "Save a plan's name and description.",
  };
  @Text() offer!: string;
  @Text() planId!: string;
  @Text({ example: 'Gold' }) name!: string;
  @Nullable() @Text() description!: string | null;
}

export class PlanListingSaved {
  static readonly type = 'PlanListingSaved';
  static readonly v = 1;
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() planId!: string;
  @Text() serviceId!: string;
  @Text() name!: string;
  @Nullable() @Text() description!: string | null;
}

export const planEvents = [PlanCreated, PlanListingSaved] as const;
export type PlanEvent = EventOf<(typeof planEvents)[number]>;
