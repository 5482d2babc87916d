import type { Recorded } from '#lib/engine/model/envelope.js';
import type { QueryHandling } from '#lib/engine/model/query.js';
import type { Owner } from '#lib/engine/model/aggregate.js';
import { scopeOf, roles, type Role } from '#lib/domain/roles.js';
import type { Chance } from '#lib/histories/chance.js';
import { LicenseConflictDetected } from '#lib/domain/seat-pool/messages.js';
import { SeatsAtStake } from '#lib/views/seats.js';
import { views } from '#lib/views/views.js';

/** All that can be asked as of an earlier state and is told from documents. */
export const pastQueries = views
  .flatMap(({ queries }) => queries)
  .filter((handling) => handling.query.http.asOf && !('fromLog' in handling && handling.fromLog));

/** Names of things that lie on one another, as they stand in an event: a customer's with a service's for instance. */
interface Things {
  readonly since: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A query about something, and somebody who may ask it. */
export interface Drawn {
  readonly handling: QueryHandling;
  readonly query: object;
  readonly path: string;
  readonly role: Role;
  readonly caller: Owner;
}

const mostOfEach = 20_000;
/** Events that tell of what a query is about, where it is about what there hardly ever is. */
const toldBy: ReadonlyMap<string, string> = new Map([[SeatsAtStake.type, LicenseConflictDetected.type]]);
/** There is mostly nothing to be told. */
export const isRare = (type: string): boolean => toldBy.has(type);
const fieldsOf = ({ query: { http } }: QueryHandling): readonly string[] =>
  [...http.route.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field);

/** What queries can be about, gathered from a log; and queries drawn from it. */
export class DrawnQueries {
  /** By query, those that were there first coming first. */
  readonly #things = new Map(pastQueries.map((handling) => [handling, new Map<string, Things>()]));

  constructor(private readonly chance: Chance) {}

  /** Every event, in order. */
  see({ type, data, meta }: Recorded): void {
    const told = new Map<string, unknown>(Object.entries(data));
    for (const [handling, things] of this.#things) {
      if ((toldBy.get(handling.query.type) ?? type) !== type) continue;
      const values = fieldsOf(handling).map((name) => [name, told.get(name)] as const);
      if (things.size >= mostOfEach || values.some(([, value]) => typeof value !== 'string')) continue;
      const key = JSON.stringify(values);
      const since = meta.recordedAt;
      if (!things.has(key)) things.set(key, { since, values: Object.fromEntries(values) as Things['values'] });
    }
  }

  /** Instants at which there is what there hardly ever is. */
  rareInstants(): readonly string[] {
    const rare = [...this.#things].filter(([{ query }]) => toldBy.has(query.type));
    return rare.flatMap(([, things]) => [...things.values()].map(({ since }) => since));
  }

  /** About something that there mostly was at that instant. */
  draw(handling: QueryHandling, instant: string): Drawn {
    const all = [...(this.#things.get(handling)?.values() ?? [])];
    const there = all.filter(({ since }) => since <= instant);
    const among = toldBy.has(handling.query.type) ? there.slice(-1) : this.chance.of(there, there.slice(-5), all);
    const things = this.chance.oneOf(among) ?? this.chance.oneOf(all);
    if (!things) throw new Error(`There is nothing to ask ${handling.query.type} about.`);
    const { by, route } = handling.query.http;
    const path = route.slice('GET '.length).replace(/\{(\w+)\}/g, (_, field: string) => things.values[field] ?? '');
    const role = this.chance.oneOf(roles.filter((one) => by === 'anyone' || by.includes(one)));
    const query = Object.assign(new handling.query(), things.values);
    return { handling, query, path, ...whoMay(role ?? 'auditor', things.values) };
  }
}

/** Somebody with that role of those things' publisher or customer; where they name neither, an auditor. */
function whoMay(role: Role, values: Things['values']): Pick<Drawn, 'role' | 'caller'> {
  const scope = scopeOf(role);
  const publisherId = values['publisherId'] ?? values['offer']?.split('.')[0];
  if (scope === 'publisher' && publisherId !== undefined) return { role, caller: { publisherId } };
  if (scope === 'tenant' && values['tenantId'] !== undefined) return { role, caller: { tenantId: values['tenantId'] } };
  return { role: scope === 'installation' ? role : 'auditor', caller: { installation: true } };
}
