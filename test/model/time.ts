import { expire } from './invitation.js';
import { unanswered } from './lead.js';
import { after, type Model } from './model.js';
import { goneLive, leftMarket } from './publishing.js';
import { applyPolicy, writePastDeadlines } from './seat-pool.js';

interface Deadline {
  readonly dueAt: string;
  happen(): void;
}

/** Everything that will happen by itself, the first due first. */
export function deadlines(model: Model): Deadline[] {
  const due: Deadline[] = [];
  for (const offer of model.offers) {
    const dueAt = offer.submission?.dueAt;
    if (dueAt) due.push({ dueAt, happen: () => goneLive(offer) });
    if (offer.stopDueAt) due.push({ dueAt: offer.stopDueAt, happen: () => leftMarket(offer) });
  }
  for (const invitation of model.invitations) {
    const { status, expiresAt } = invitation;
    if (status === 'pending') due.push({ dueAt: expiresAt, happen: () => expire(invitation) });
  }
  for (const lead of model.leads) {
    const { status, expiresAt } = lead;
    if (status === 'submitted' && expiresAt) due.push({ dueAt: expiresAt, happen: () => unanswered(lead) });
  }
  for (const pool of model.pools) {
    const { conflict, graceEndsAt } = pool;
    if (conflict && !conflict.timerFired) {
      due.push({
        dueAt: conflict.dueAt,
        happen() {
          conflict.timerFired = true;
          applyPolicy(model, pool);
        },
      });
    }
    if (graceEndsAt) due.push({ dueAt: graceEndsAt, happen: () => writePastDeadlines(model, pool) });
  }
  return due.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
}

/** Time passes; what is due happens at its instant, unless whoever looks after deadlines is down meanwhile. */
export function pass(model: Model, ms: number, prompt: boolean): void {
  const until = after(model.now, ms);
  while (prompt) {
    const [next] = deadlines(model);
    if (!next || next.dueAt > until) break;
    if (next.dueAt > model.now) model.now = next.dueAt;
    next.happen();
  }
  model.now = until;
}
