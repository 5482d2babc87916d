import { dealRules } from './deal.js';
import { invitationRules } from './invitation.js';
import { leadRules } from './lead.js';
import { licenseRules } from './licenses.js';
import type { Asked, Model, Rule, Verdict } from './model.js';
import { offerRules } from './offer.js';
import { peopleRules } from './people.js';
import { planRules } from './plans.js';
import { publisherRules } from './publisher.js';
import { publishingRules } from './publishing.js';
import { relationshipRules } from './relationship.js';
import { seatPoolRules } from './seat-pool.js';

/**
 * What the model says of the commands that callers send or timers repeat, by their stored names. To take in another
 * aggregate: its rules here, its deadlines in `time.ts`, what is seen of it in `seen.ts`, its commands in `acts.ts`.
 */
export const rules: ReadonlyMap<string, Rule> = new Map(
  [
    ...publisherRules,
    ...offerRules,
    ...planRules,
    ...publishingRules,
    ...dealRules,
    ...invitationRules,
    ...relationshipRules,
    ...licenseRules,
    ...seatPoolRules,
    ...leadRules,
    ...peopleRules,
  ].map((rule) => [rule.command.type, rule]),
);

/** What comes of a command; an accepted one changes the model. */
export function predict(model: Model, rule: Rule, input: object, asked: Asked): Verdict {
  const mayAsk = asked.role === 'system' || rule.by === 'anyone' || rule.by.includes(asked.role);
  if (!mayAsk) return rule.denied;
  return rule.predict(model, input, asked);
}
