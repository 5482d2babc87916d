import type { MessageClass } from '#lib/engine/model/message.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { schemaOf, type JsonSchema } from '#lib/engine/schema.js';
import { settings } from '../support/settings.js';

/** Chooses one of many; the history's own chance. */
export type Pick = <T>(...choices: readonly T[]) => T;

export const tenants = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const offers = ['fabrikam.f365', 'contoso.crm'];
const plans = ['gold', 'silver', 'bronze'];

/** What a field of this name may hold, good and bad; IDs that are drawn are taken from what has happened. */
const fields: Readonly<Record<string, (pick: Pick, seen: (field: string) => string) => unknown>> = {
  publisherId: (pick) => pick('fabrikam', 'contoso'),
  offerId: (pick) => pick('f365', 'crm', 'With Space'),
  offer: (pick) => pick(...offers, ...offers, 'fabrikam.unknown'),
  planId: (pick) => pick(...plans, 'Not a plan'),
  typedPlanId: (pick) => pick(...plans),
  serviceId: (pick) => `${pick(...offers)}.${pick(...plans)}`,
  serviceIds: (pick) => [`${pick(...offers)}.${pick(...plans)}`],
  tenantId: (pick) => pick(...tenants),
  dealId: (_pick, seen) => seen('dealId'),
  invitationId: (_pick, seen) => seen('invitationId'),
  leadId: (_pick, seen) => seen('leadId'),
  email: (pick) => pick('ada@contoso.example', 'x'),
  submissionId: (_pick, seen) => seen('submissionId'),
  personId: (pick) => pick('ada', 'grace', 'alan', 'Not a person'),
  personIds: (pick) => pick(['ada'], ['grace', 'alan'], ['ada', 'ada', 'edsger'], []),
  removed: (pick) => pick([], [], ['gold'], ['silver', 'bronze']),
  count: (pick) => pick(1, 2, 3, 5, 0, 1.5, 1_000_001),
  country: (pick) => pick('US', 'SE', 'XX'),
  markets: (pick) => pick(['US', 'SE'], [], ['us']),
  category: (pick) => pick('Sales', 'Sails', null),
  trialMonths: (pick) => pick(null, 1, 2),
  currency: (pick) => pick('USD', 'EUR', 'XXL'),
  amountMinor: (pick) => pick(100, 200, 0, 1.5),
  signedOn: (pick) => pick('2026-02-01', '2027-02-01', '2026-02-30', null),
  startsOn: (pick) => pick('2026-03-01', '2025-01-01', null),
  endsOn: (pick) => pick('2027-03-01', '2020-01-01', null),
  description: (pick) => pick('<p>Text</p>', '<script>', 'x'.repeat(3_001), null),
  packageUrl: (pick) => pick('https://fabrikam.example/package.zip?se=2026-04-01T00%3A00%3A00Z', 'ftp://x', null),
  token: (_pick, seen) => `${seen('invitationId')}.${settings.invitationSecret(seen('invitationId'))}`,
};

/** An input of the command's shape: its fields by their names where these tell what they hold, else by their types. */
export function inputFor(message: MessageClass, pick: Pick, log: readonly Recorded[]): object {
  const seen = (field: string): string => {
    const values = log
      .map(({ data }) => (data as Record<string, unknown>)[field])
      .filter((value) => value !== undefined);
    return pick(...[...new Set(values)].slice(-4).map(String), 'nowhere');
  };
  const valueOf = (name: string, schema: JsonSchema): unknown => {
    const known = fields[name];
    if (known) return known(pick, seen);
    if (Array.isArray(schema['anyOf'])) return valueOf('', pick(...(schema['anyOf'] as JsonSchema[])));
    if (Array.isArray(schema['enum'])) return pick(...(schema['enum'] as unknown[]));
    switch (schema['type']) {
      case 'null':
        return null;
      case 'boolean':
        return pick(true, false);
      case 'integer':
      case 'number':
        return pick(0, 1, 2, 7);
      case 'array':
        return Array.from({ length: pick(0, 1, 1, 2) }, () => valueOf('', schema['items'] as JsonSchema));
      case 'object':
        return objectOf(schema);
      default:
        return /url|screenshots|videos/i.test(name) ? 'https://fabrikam.example/x' : pick('Text', 'Other text', '');
    }
  };
  const objectOf = (schema: JsonSchema): object =>
    Object.fromEntries(
      Object.entries(schema['properties'] as Record<string, JsonSchema>).map(([name, part]) => [
        name,
        valueOf(name, part),
      ]),
    );
  return objectOf(schemaOf(message));
}
