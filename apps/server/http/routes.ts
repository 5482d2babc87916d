import type { AnyDecider } from '#lib/engine/model/aggregate.js';
import type { CommandClass, HttpRoute, MessageClass } from '#lib/engine/model/message.js';
import type { QueryHandling, View } from '#lib/engine/model/query.js';
import type { RefusalPages } from '#lib/engine/model/refusal.js';
import { roles } from '#lib/domain/roles.js';
import type { AnyAction } from './action.js';
import { filtersOf, type FilterTypes } from './filters.js';
import { limits } from './limits.js';
import { splitMessage, type MessageParts } from './message-parts.js';

/** Below this every route of the table lies. */
export const base = '/v1';

interface RouteOf {
  /** The message's stored name; unique in the table. */
  readonly name: string;
  /** Groups routes in the reference: the aggregate, the view, or what the address begins with. */
  readonly tag: string;
  readonly method: string;
  /** As declared, `{field}` for fields of the message, below `base`. */
  readonly path: string;
  readonly http: HttpRoute;
  /** Code of the 403 for a role that may not. */
  readonly denied: string;
  readonly parts: MessageParts;
  /** Class of what is answered (of a row, in lists); null: nothing beyond what every answer holds. */
  readonly answers: MessageClass | null;
}

/** One line of the table of routes: the source of routing, permissions, reference and client. */
export type Route = RouteOf &
  (
    | {
        readonly kind: 'command';
        /** Class of what a dry run answers beside the events; null: nothing. */
        readonly previews: MessageClass | null;
        /** Its list may be long: then it is answered with an operation. */
        readonly bulk: boolean;
      }
    | { readonly kind: 'one' }
    | { readonly kind: 'list'; readonly filters: FilterTypes }
    | { readonly kind: 'action'; readonly action: AnyAction }
  );

export interface RouteSources {
  readonly deciders: readonly AnyDecider[];
  readonly views: readonly View[];
  readonly actions: readonly AnyAction[];
}

/** Collects the table from the messages' own declarations. Throws, naming the message, if one contradicts itself or another. */
export function collectRoutes({ deciders, views, actions }: RouteSources, pages: RefusalPages): readonly Route[] {
  const routes: Route[] = [
    ...deciders.flatMap(({ category, handles }) =>
      handles.flatMap((handling) => commandRoute(handling.command as CommandClass, category)),
    ),
    ...views.flatMap((view) => view.queries.map((handles) => queryRoute(handles, view, views))),
    ...actions.map((action): Route => ({
      kind: 'action',
      action,
      ...common(action.message, action.message.http, null),
      answers: action.message.answers,
    })),
  ];
  const commands = deciders.flatMap(({ handles }) => handles.map(({ command }) => command.type));
  const others = routes.filter(({ kind }) => kind !== 'command').map(({ name }) => name);
  failOnDoubles([...commands, ...others], 'The message');
  failOnDoubles(routes.map(addressOf), 'The route');
  for (const route of routes) checkPermission(route, pages);
  return routes;
}

/** How long a body may be. */
export function bodyBytesOf(route: Route): number {
  return route.kind === 'command' && route.bulk ? limits.bulkBodyBytes : limits.bodyBytes;
}

function commandRoute(command: CommandClass, category: string): Route[] {
  if (!command.http) return [];
  const { answers = null, previews = null, bulk } = command;
  const shared = common(command, command.http, category);
  return [{ kind: 'command', ...shared, answers, previews, bulk: bulk !== undefined }];
}

function queryRoute(handles: QueryHandling, view: View, views: readonly View[]): Route {
  const { query } = handles;
  const shared = { ...common(query, query.http, view.projection?.name ?? null), answers: query.answers };
  if (handles.answers === 'one') return { kind: 'one', ...shared };
  return { kind: 'list', ...shared, filters: filtersOf(query.type, handles.filters ?? [], view, views) };
}

function common(message: MessageClass, http: HttpRoute, tag: string | null): Omit<RouteOf, 'answers'> {
  const [method = '', path = ''] = http.route.split(' ');
  const fields = [...path.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field);
  return {
    name: message.type,
    tag: tag ?? path.split('/')[1] ?? '',
    method,
    path,
    http,
    denied: http.denied ?? 'FORBIDDEN',
    parts: splitMessage(message, fields, method),
  };
}

/** Method and path with the parameters' names taken out: what must not be there twice. */
function addressOf({ method, path }: Route): string {
  return `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`;
}

function failOnDoubles(names: readonly string[], what: string): void {
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) throw new Error(`${what} ${double} is declared twice.`);
}

function checkPermission({ name, http, denied }: Route, pages: RefusalPages): void {
  const { by } = http;
  if (by === undefined || by.length === 0)
    throw new Error(`${name} has a route but does not say by whom it may be used.`);
  const unknown = by === 'anyone' ? undefined : by.find((role) => !roles.some((known) => known === role));
  if (unknown !== undefined) throw new Error(`${name} may be used by ${unknown}, which is no role.`);
  if (pages[denied]?.status !== 403) throw new Error(`${name} denies with ${denied}, which is no code of a 403.`);
}
