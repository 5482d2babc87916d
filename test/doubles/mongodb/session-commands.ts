import { Binary } from 'bson';
import type { Command } from './call.js';
import { ServerError } from './errors.js';
import { isDocument } from './paths.js';

const ending = { kind: 'write', isAllowedInTransaction: true, options: ['recoveryToken'] } as const;
const other = { kind: 'other', isAllowedInTransaction: false, options: [] } as const;

const commitTransaction: Command = {
  ...ending,
  run: ({ body, server }) => {
    server.sessions.commit(body);
    return {};
  },
};

const abortTransaction: Command = {
  ...ending,
  run: ({ body, server }) => {
    server.sessions.abort(body);
    return {};
  },
};

/** Without users all sessions are everybody's. An empty list, which is all of them, is nothing that is asked for here. */
const killSessions: Command = {
  ...other,
  run: ({ body, server }) => {
    const named: unknown = body.killSessions;
    const ids = (Array.isArray(named) ? named : []).map((one: unknown): unknown => (isDocument(one) ? one.id : null));
    if (ids.length === 0 || !ids.every((id) => id instanceof Binary)) {
      throw new ServerError('TypeMismatch', 'killSessions takes IDs of sessions.');
    }
    server.sessions.kill(ids);
    return {};
  },
};

export const sessionCommands = new Map<string, Command>([
  ['commitTransaction', commitTransaction],
  ['abortTransaction', abortTransaction],
  ['killSessions', killSessions],
  ['ping', { ...other, run: () => ({}) }],
  // Sessions are a few words each: they are kept, as a server keeps those of transactions that were committed.
  ['endSessions', { ...other, run: () => ({}) }],
]);
