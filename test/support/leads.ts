import type { Answer, Client, TestProduct } from './product.js';
import { offer, ok } from './story.js';

/** Leads of one product over HTTP alone, as the publisher fabrikam sees them. */

/** What a visitor enters; every text that is free holds the marker. */
export const visitor = (marker = 'plain') => ({
  firstName: `Ada-${marker}`,
  lastName: `Lovelace-${marker}`,
  email: `${marker}@contoso.example`,
  country: 'GB',
  company: `Contoso-${marker}`,
  phone: `+44-${marker}`,
  title: `Countess-${marker}`,
  comments: `For 30 people, ${marker}.`,
  consent: true,
});

export function submitLead(
  product: TestProduct,
  kind: string,
  { of = offer, client = product.visitor, ...more }: { of?: string; client?: Client; [field: string]: unknown } = {},
): Promise<Answer> {
  return client.post(`/storefront/offers/${of}/leads`, { kind, ...visitor(), ...more });
}

export async function leadsOf(product: TestProduct, search = 'limit=200'): Promise<Answer['body'][]> {
  const owner = await product.owner();
  return (await ok(owner.get('/publishers/fabrikam/leads', { search }))).body.rows;
}

export async function leadOf(product: TestProduct, leadId: string): Promise<Answer['body']> {
  return (await leadsOf(product)).find((row) => row.leadId === leadId);
}

/** Asks for a lead until it is as wanted, ten seconds at most. */
export async function untilLead(
  product: TestProduct,
  leadId: string,
  holds: (lead: Answer['body']) => boolean,
): Promise<Answer['body']> {
  for (const until = Date.now() + 10_000; ;) {
    const lead = await leadOf(product, leadId);
    if (holds(lead)) return lead;
    if (Date.now() > until) throw new Error(`The lead stays as it is: ${JSON.stringify(lead)}`);
  }
}

export async function untilAttempted(product: TestProduct, leadId: string, attempts: number): Promise<Answer['body']> {
  return (await untilLead(product, leadId, ({ delivery }) => delivery.attempts === attempts)).delivery;
}

/** Resolves with what became of the delivery. */
export async function untilEnded(product: TestProduct, leadId: string): Promise<Answer['body']> {
  return (await untilLead(product, leadId, ({ delivery }) => delivery.status !== 'pending')).delivery;
}

/** Status, code, rule and field of a refusal. */
export const refusalIn = ({ status, body }: Answer) => [status, body.code, body.rule, body.errors?.[0]?.pointer];
