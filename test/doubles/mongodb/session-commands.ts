import type { Command } from './call.js';

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

export const sessionCommands = new Map<string, Command>([
  ['commitTransaction', commitTransaction],
  ['abortTransaction', abortTransaction],
  ['ping', { ...other, run: () => ({}) }],
  // Sessions are a few words each: they are kept, as a server keeps those of transactions that were committed.
  ['endSessions', { ...other, run: () => ({}) }],
]);
