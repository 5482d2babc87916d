import type { Owner } from '#lib/engine/model/aggregate.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import { roles, scopeOf, type Role } from '#lib/domain/roles.js';
import { publisherIds, tenantIds, type Wish } from './cast.js';
import type { Chance } from '#lib/histories/chance.js';
import { dealAct } from './deal-acts.js';
import { dayMs, hourMs, type Asked, type Model } from './model.js';
import { offerAct } from './offer-acts.js';
import { leadAct } from './lead-acts.js';
import { peopleAct } from './people-acts.js';
import { expiryOf } from './publishing.js';
import { rules } from './rules.js';
import { seatAct } from './seat-acts.js';
import { deadlines } from './time.js';

export type Act =
  | { readonly kind: 'command'; readonly command: CommandClass; readonly input: object; readonly asked: Asked }
  | { readonly kind: 'time'; readonly ms: number; readonly prompt: boolean };

/** What happens next: mostly what makes sense in the model as it is, sometimes what is just at a limit, wrong or absurd. */
export function nextAct(model: Model, chance: Chance, id: string): Act {
  const hasLicenses = model.pools.length > 0;
  const isOnSale = model.offers.some(({ market }) => market === 'live');
  const wasLive = model.offers.some(({ live }) => live !== null);
  if (chance.is(model.pools.length > 0 ? 6 : 2) || isWaiting(model, chance)) return timePasses(model, chance);
  const track = chance.number(100);
  if (wasLive && track < 8) return command(leadAct(model, chance), chance, id);
  if (wasLive && track < 12) return command(peopleAct(model, chance), chance, id);
  if (hasLicenses && track < 50) return command(seatAct(model, chance), chance, id);
  if (isOnSale && track < 82) return command(dealAct(model, chance), chance, id);
  return command(offerAct(model, chance), chance, id);
}

/** Nothing can be sold yet, and a sign-off is on its way. */
function isWaiting({ offers }: Model, chance: Chance): boolean {
  const isSold = offers.some(({ live }) => live !== null);
  return !isSold && offers.some(({ submission }) => submission?.phase === 'signedOff') && chance.is(50);
}

/** To the next edge or one millisecond beside it, or any while; now and then whoever looks after deadlines is down. */
function timePasses(model: Model, chance: Chance): Act {
  const next = chance.is(55) ? edges(model)[0] : chance.oneOf(edges(model));
  const ahead = Math.max(0, Date.parse(next ?? model.now) - Date.parse(model.now));
  const ms = chance.is(60)
    ? Math.max(0, ahead + chance.of(-1, 0, 0, 1))
    : chance.of(0, 1, hourMs, 5 * hourMs, dayMs, 20 * dayMs, 31 * dayMs);
  return { kind: 'time', ms, prompt: chance.is(75) };
}

/** Instants at which decisions change: deadlines, and the ends of package URLs' signatures. In order. */
function edges(model: Model): string[] {
  const expiries = model.offers.map(({ draft }) => expiryOf(draft.technicalConfiguration?.packageUrl));
  const ahead = expiries.filter((expiry) => expiry !== null).filter((expiry) => expiry > model.now);
  return [...deadlines(model).map(({ dueAt }) => dueAt), ...ahead].sort();
}

function command({ name, input, of, id }: Wish, chance: Chance, newId: string): Act {
  const rule = rules.get(name);
  if (!rule) throw new Error(`The model has no rule for ${name}.`);
  const role = rule.by === 'anyone' ? visitor(chance) : rule.by.length === 0 ? 'system' : roleFor(rule.by, chance);
  return {
    kind: 'command',
    command: rule.command,
    input,
    asked: { role, caller: callerOf(role, of, chance), id: id ?? newId },
  };
}

function roleFor(by: readonly string[], chance: Chance): Role {
  const allowed = roles.filter((role) => by.includes(role));
  return chance.is(97) ? chance.of(...allowed) : chance.of(...staff);
}

/** Mostly whoever the buttons of a listing may differ for. */
function visitor(chance: Chance): Role | 'anonymous' {
  const customer = roles.filter((role) => role.startsWith('customer.'));
  return chance.is(30) ? 'anonymous' : chance.of(...(chance.is(90) ? customer : staff));
}

/** Everyone whom the model knows to send commands. */
const staff = roles.filter((role) => [...rules.values()].some(({ by }) => by !== 'anyone' && by.includes(role)));

function callerOf(role: Asked['role'], { publisherId, tenantId }: Owner, chance: Chance): Owner {
  if (role === 'anonymous') return {};
  const scope = role === 'system' ? 'installation' : scopeOf(role);
  if (scope === 'installation') return { installation: true };
  // One's own publisher stands in the path of what is created: nobody else gets that far.
  if (scope === 'publisher') return { publisherId: publisherId ?? chance.of(...publisherIds) };
  return { tenantId: tenantId !== undefined && chance.is(98) ? tenantId : chance.of(...tenantIds) };
}
