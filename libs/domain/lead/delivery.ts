import { deliveryRecord, type Delivery } from '#lib/engine/model/delivery.js';
import type { RecordRef } from '#lib/engine/model/query.js';

/** The process that has leads delivered. */
export const leadsProcess = 'leads';

/** Why a lead is not sent. */
export const leadSkips = ['noDestination', 'personErased'] as const;
export type LeadSkip = (typeof leadSkips)[number];

/** Where it stands how far a lead's delivery is (R44). */
export function leadDelivery(leadId: string): RecordRef<Delivery> {
  return deliveryRecord(leadsProcess, leadId);
}
