import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import type { Keys } from '../identity/keys.js';
import { anonymous, type Principal } from '../identity/principal.js';
import { fault } from './problems.js';
import type { Route } from './routes.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by the route's guard before anything else of a request is looked at. */
    principal: Principal;
  }
}

type PathParameters = Record<string, string>;
type Send = (reply: FastifyReply, faults: readonly Refusal[]) => void;

const unauthenticated = fault('UNAUTHENTICATED', 'Send a valid API key as a bearer token.');
const unknown = fault('NOT_FOUND', 'There is no such thing, or it is not yours.');

/**
 * What comes before the body is looked at, in the domain's order: who asks (401), whether the path names another's
 * publisher, offer or tenant (404), whether the role may ever do this (403).
 */
export function guard(route: Route, keys: Keys, send: Send) {
  const { by } = route.http;
  const allowed: ReadonlySet<string> | null = by === 'anyone' ? null : new Set(by);
  const denial = fault('FORBIDDEN', 'The role of this key may not do this.');
  const denied = { ...denial, code: route.denied };
  const namesTenant = route.parts.path.required.includes('tenantId');

  const judge = (request: FastifyRequest, reply: FastifyReply, principal: Principal | null, done: () => void): void => {
    if (!principal) return send(reply, [unauthenticated]);
    request.principal = principal;
    const path = request.params as PathParameters;
    if (namesTenant) path.tenantId = (path.tenantId ?? '').toLowerCase();
    if (isIncomplete(path) || (allowed && namesAnothers(path, principal.caller))) return send(reply, [unknown]);
    if (allowed && !allowed.has(principal.actor.role)) return send(reply, [denied]);
    done();
  };

  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { authorization } = request.headers;
    if (authorization === undefined) return judge(request, reply, allowed ? null : anonymous, done);
    const found = keys.authenticate(bearerOf(authorization));
    if (!(found instanceof Promise)) return judge(request, reply, found, done);
    found.then((principal) => judge(request, reply, principal, done)).catch(done);
  };
}

function bearerOf(authorization: string): string {
  return /^bearer /i.test(authorization) ? authorization.slice('bearer '.length) : '';
}

/** The router takes `/offers//publish` for an offer without a name. */
function isIncomplete(path: PathParameters): boolean {
  for (const field in path) if (path[field] === '') return true;
  return false;
}

/** An installation's caller is bound to nobody; any other only finds what is theirs in the path, if it names an owner at all. */
function namesAnothers({ publisherId, offer, tenantId }: PathParameters, caller: Owner): boolean {
  if (caller.installation) return false;
  const publisher = publisherId ?? (offer === undefined ? undefined : offer.slice(0, Math.max(0, offer.indexOf('.'))));
  if (publisher === undefined && tenantId === undefined) return false;
  const isPublishers = publisher !== undefined && publisher === caller.publisherId;
  const isTenants = tenantId !== undefined && tenantId === caller.tenantId;
  return !isPublishers && !isTenants;
}
