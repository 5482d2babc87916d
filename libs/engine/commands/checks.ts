import { limits } from '../limits.js';
import type { Owner } from '../model/aggregate.js';
import type { CommandClass, EventData } from '../model/message.js';
import type { Call } from './call.js';

/** Whether this role may ask for this at all. */
export function mayIssue({ http }: CommandClass, { actor }: Call): boolean {
  if (actor.kind === 'system') return true;
  return http !== undefined && (http.by === 'anyone' || http.by.includes(actor.role));
}

/** Whether what has this owner is there for the caller; without an owner it is there for nobody. */
export function isFor(caller: Owner, owner: Owner | null): boolean {
  if (!owner) return false;
  if (caller.installation || owner.installation) return true;
  if (owner.publisherId !== undefined && owner.publisherId === caller.publisherId) return true;
  return owner.tenantId !== undefined && owner.tenantId === caller.tenantId;
}

/** What is wrong with the size of what a command would append; null: nothing. */
export function sizeFault(events: readonly EventData[]): string | null {
  if (events.length > limits.eventsPerCommand) {
    return `It would write ${events.length} events; ${limits.eventsPerCommand} at most fit one command.`;
  }
  let bytes = 0;
  for (const event of events) bytes += Buffer.byteLength(JSON.stringify(event.data));
  if (bytes <= limits.bytesPerCommand) return null;
  return `It would write ${bytes} bytes; ${limits.bytesPerCommand} at most fit one command.`;
}
