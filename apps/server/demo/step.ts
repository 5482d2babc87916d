import type { Answer, Client } from './client.js';
import { dealForm, offer, tenantId } from './fabrikam.js';

/** Who takes part, each with a key of their own. */
export interface People {
  readonly marketplace: Client;
  readonly publisher: Client;
  readonly billingAdmin: Client;
  readonly licenseAdmin: Client;
  readonly app: Client;
  readonly visitor: Client;
}

/** What one step hands to the next. */
export interface Memory {
  dealId: string;
  token: string;
  submissionId: string;
}

export interface Step {
  readonly title: string;
  /** Does it and tells what came of it. Throws Unexpected if an answer is not as the story tells. */
  run(people: People, memory: Memory): Promise<string>;
}

/** An answer that is not as the story tells. */
export class Unexpected extends Error {}

export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status === status) return answer;
  throw new Unexpected(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}

export function expectThat(holds: boolean, what: string, answer: Answer): void {
  if (!holds) throw new Unexpected(`expected ${what}, got ${JSON.stringify(answer.body)}`);
}

export const ok = (answer: Answer): Answer => expectStatus(answer, 200);
export const created = (answer: Answer): Answer => expectStatus(answer, 201);

/** Asks for the offer's status until it is the word, for ten seconds at most. */
export async function untilStatus(publisher: Client, word: string): Promise<Answer> {
  for (const until = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const answer = ok(await publisher.get(`/offers/${offer}`));
    if (answer.body.status === word) return answer;
    if (Date.now() > until) throw new Unexpected(`the offer is ${answer.body.status}, not ${word}`);
  }
}

/** Publishes what the draft holds; returns the submission's ID. */
export async function publish(publisher: Client): Promise<string> {
  const { revision } = ok(await publisher.get(`/offers/${offer}`));
  return ok(await publisher.post(`/offers/${offer}/publish`, {}, { revision })).body.submissionId;
}

/** From Preview to Live. */
export async function goLive(publisher: Client, submissionId: string): Promise<Answer> {
  const { revision } = await untilStatus(publisher, 'Preview');
  ok(await publisher.post(`/offers/${offer}/go-live`, { submissionId }, { revision }));
  return untilStatus(publisher, 'Live');
}

/** A deal that was signed today; returns its ID. */
export async function registeredDeal(publisher: Client): Promise<string> {
  const today = new Date().toISOString().slice(0, 10);
  const { dealId } = created(await publisher.post('/publishers/fabrikam/deals', dealForm(today))).body;
  ok(await publisher.post(`/deals/${dealId}/register`));
  return dealId;
}

/** UpdateLicenses of a deal as the revision that it shows. */
export async function updateLicenses(
  publisher: Client,
  dealId: string,
  counts: Readonly<Record<string, number>>,
): Promise<Answer> {
  const { revision } = ok(await publisher.get(`/deals/${dealId}`));
  const lines = Object.entries(counts).map(([planId, count]) => ({ planId, count }));
  return publisher.post(`/deals/${dealId}/licenses`, { tenantId, lines, removed: [] }, { revision });
}

export async function checked(app: Client, personId: string, component: string): Promise<string> {
  const { body } = ok(await app.post('/checks', { offer, tenantId, personId, component }));
  return `${component} ${body.allowed ? 'allowed' : 'denied'} (${body.code})`;
}
