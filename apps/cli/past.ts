import type { QueryHandling } from '#lib/engine/model/query.js';
import { views } from '#lib/views/views.js';
import { ProblemError, type Server } from './server.js';
import { RefusedError } from './surroundings.js';

/** What `--at` and its like take, in words for people. */
export const moment = 'an instant like 2026-03-01T12:00:00Z, or a position that the server answered';

/** A row, or the answer itself where a query has but one. */
export type Row = Readonly<Record<string, unknown>>;

/** What a query answered as of then, all pages of it, in the server's order. */
export interface Past {
  /** Where the log ended then; null: there was no such thing. */
  readonly position: string | null;
  readonly rows: readonly Row[];
}

/** A query that was asked for by its path. */
export interface Asked {
  readonly path: string;
  readonly search: string;
  readonly lists: boolean;
  /** The fields of a row that tell it from others; of an answer that is no list, none. */
  readonly rowKey: readonly string[];
}

const handlings = views.flatMap(({ queries }) => queries).filter(({ query }) => query.http.asOf);
const pathOf = ({ query: { http } }: QueryHandling): string => http.route.slice(http.route.indexOf(' ') + 1);

/** Paths of all queries that can be asked as of an earlier state. */
export const askable: readonly string[] = handlings.map(pathOf).sort();

/** Throws RefusedError if there is no such query. */
export function askedBy(text: string): Asked {
  const [path = '', search = ''] = text.replace(/^(\/?v1)?\/?/, '/').split('?');
  const isAsked = (handling: QueryHandling): boolean =>
    new RegExp(`^${pathOf(handling).replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const found = handlings.find(isAsked);
  if (!found) throw new RefusedError(`${path} cannot be asked as of then. What can be:\n${askable.join('\n')}`);
  return { path, search, lists: found.answers === 'list', rowKey: found.query.rowKey ?? [] };
}

/** Asks for all pages as of then. */
export async function pastOf({ path, search, lists }: Asked, asOf: string, server: Server): Promise<Past> {
  const asked = `${path}?${search === '' ? '' : `${search}&`}asOf=${encodeURIComponent(asOf)}`;
  try {
    if (!lists) {
      const { position, ...answer } = await server.ask<Row & { position: string }>('GET', asked);
      return { position, rows: [answer] };
    }
    const past: { position: string | null; rows: Row[] } = { position: null, rows: [] };
    for await (const { position = null, rows } of server.pages<Row>(asked)) {
      past.position = position;
      past.rows.push(...rows);
    }
    return past;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return { position: null, rows: [] };
    throw error;
  }
}

/** Whether there was something, or an empty list. Throws RefusedError if not, at any of these moments. */
export function requireThere(path: string, ...pasts: readonly Past[]): void {
  if (pasts.some(({ position }) => position !== null)) return;
  throw new RefusedError(`There was no ${path} then, or it is not this key's to see.`);
}
