import type { FastifyInstance } from 'fastify';
import { StartRefusedError } from '../start-refused.js';

/** The address cannot be listened on. The message says what to do. */
export class AddressError extends StartRefusedError {}

const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use. Stop what uses it, or set PORT to another one (0: any that is free).',
  EACCES: 'may not be used by this user. Set PORT to one above 1023.',
  EADDRNOTAVAIL: 'is not of this machine. Set HOST to an address that is.',
  ENOTFOUND: 'is not known. Set HOST to an address of this machine.',
};

/** Resolves with the address, e.g. `http://127.0.0.1:3000`. Throws AddressError. */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    const known = advice[code];
    if (known === undefined) throw cause;
    throw new AddressError(`Port ${port} of ${host} ${known}`, { cause });
  }
}
