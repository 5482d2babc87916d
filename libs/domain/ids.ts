/** Identifiers and the stream names made of them. None holds a dot, so that a Service ID splits on its dots. */

/** Lower-case letters, digits, hyphen, underscore (R1); the length is each ID's own rule. */
export function isId(text: string): boolean {
  return /^[a-z0-9_-]+$/.test(text);
}

/** Opaque person IDs: 1–64 characters (R95). */
export function isPersonId(text: string): boolean {
  return isId(text) && text.length <= 64;
}

/** `publisherId.offerId`: names an offer in routes, views and streams. */
export function offerKey(publisherId: string, offerId: string): string {
  return `${publisherId}.${offerId}`;
}

export function publisherOf(offer: string): string {
  return offer.slice(0, offer.indexOf('.'));
}

/** `publisherId.offerId.planId` (R24). */
export function serviceId(offer: string, planId: string): string {
  return `${offer}.${planId}`;
}

/** The offer and plan that a Service ID names. */
export function planNamedBy(service: string): { readonly offer: string; readonly planId: string } {
  const dot = service.lastIndexOf('.');
  return { offer: service.slice(0, dot), planId: service.slice(dot + 1) };
}

export const streams = {
  publisher: (publisherId: string) => `publisher-${publisherId}`,
  offer: (offer: string) => `offer-${offer}`,
  deal: (dealId: string) => `deal-${dealId}`,
  invitation: (invitationId: string) => `invitation-${invitationId}`,
  relationship: (publisherId: string, tenantId: string) => `relationship-${publisherId}.${tenantId}`,
  seatPool: (tenantId: string, service: string) => `seatPool-${tenantId}.${service}`,
  lead: (leadId: string) => `lead-${leadId}`,
  /** `scope` is the tenant or publisher whose person it is. */
  person: (scope: string, personId: string) => `person-${scope}.${personId}`,
} as const;

/** Unicode code points, as every length in the rules counts. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
