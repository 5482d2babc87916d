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

/** What every event of a plan names. */
class PlanIds {
  @Text() publisherId!: string;
  @Text() offer!: string;
  @Text() planId!: string;
  @Text() serviceId!: string;
}

export class PlanCreated extends PlanIds {
  static readonly type = 'PlanCreated';
  static readonly v = 1;
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

export class PlanListingSaved extends PlanIds {
  static readonly type = 'PlanListingSaved';
  static readonly v = 1;
  @Text() name!: string;
  @Nullable() @Text() description!: string | null;
}

/** Only a plan that customers never saw, and will not see, can be deleted (R27). */
export class DeletePlan {
  static readonly type = 'DeletePlan';
  static readonly http: HttpRoute = {
    route: 'DELETE /offers/{offer}/plans/{planId}',
    by: offerRoles,
    summary: 'Delete a plan that is not being published and never was live; its ID is not used again.',
  };
  @Text() offer!: string;
  @Text() planId!: string;
}

export class PlanDeleted extends PlanIds {
  static readonly type = 'PlanDeleted';
  static readonly v = 1;
}

/** Takes a plan off sale with the next submission that goes live (R28, R29). */
export class StopPlan {
  static readonly type = 'StopPlan';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/plans/{planId}/stop',
    by: offerRoles,
    summary:
      'Ask for a live plan to be taken off sale; it takes effect when the offer is published and goes live again.',
  };
  @Text() offer!: string;
  @Text() planId!: string;
  @Text({ description: 'The plan ID, typed again (R29).', example: 'gold' }) typedPlanId!: string;
}

export class PlanStopRequested extends PlanIds {
  static readonly type = 'PlanStopRequested';
  static readonly v = 1;
}

/** Withdraws a stop that was asked for; a plan that is stopped sells again from the next go-live on (R29). */
export class ResumePlan {
  static readonly type = 'ResumePlan';
  static readonly http: HttpRoute = {
    route: 'POST /offers/{offer}/plans/{planId}/resume',
    by: offerRoles,
    summary: 'Withdraw a stop, or put a stopped plan back on sale with the next go-live.',
  };
  @Text() offer!: string;
  @Text() planId!: string;
}

export class PlanResumed extends PlanIds {
  static readonly type = 'PlanResumed';
  static readonly v = 1;
}

export const planEvents = [PlanCreated, PlanListingSaved, PlanDeleted, PlanStopRequested, PlanResumed] as const;
export type PlanEvent = EventOf<(typeof planEvents)[number]>;
