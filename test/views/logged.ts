import type { Recorded } from '#lib/engine/model/envelope.js';
import type { EventData } from '#lib/engine/model/message.js';
import { recorded } from '../support/given.js';

export type Appended = readonly [stream: string, ...events: EventData[]];

/** A log to which these were appended, one after the other, each event by a command of its own; an event's ID is its address. */
export function logged(appended: readonly Appended[]): Recorded[] {
  const next = new Map<string, number>();
  return appended.flatMap(([stream, ...events]) => {
    const from = next.get(stream) ?? 0;
    next.set(stream, from + events.length);
    return recorded(stream, events, from).map((one) => ({ ...one, id: `${stream}@${one.revision}` }));
  });
}
