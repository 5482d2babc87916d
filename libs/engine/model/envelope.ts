import type { EventData } from './message.js';

/** Who acted. `system` is a process or a timer, named by `id`. */
export interface Actor {
  readonly kind: 'user' | 'key' | 'system' | 'anonymous';
  readonly id: string;
  readonly role: string;
  readonly personId: string | null;
}

/** What is recorded about an event beside its payload. Instants are ISO 8601 in UTC with milliseconds. */
export interface Envelope {
  /** Version of the payload. */
  readonly v: number;
  /** The later of now and the time of the stream's previous event: never falls within a stream (R90). */
  readonly recordedAt: string;
  /** The command's `now`. */
  readonly occurredAt: string;
  readonly commandId: string;
  /** SHA-256 over the command's name and what the client sent, but for what says who a person is. */
  readonly commandHash: string;
  readonly actor: Actor;
  /** Publisher or tenant of the caller; null for the installation and the system. */
  readonly tenant: string | null;
  /** Streams whose state the decision rested on, with the revision seen. Those that did not exist are left out: there can be hundreds. */
  readonly context: readonly { readonly stream: string; readonly revision: number }[];
  readonly traceparent: string | null;
  readonly $correlationId: string;
  readonly $causationId: string;
}

/** An event in its place in a stream. It knows no position: folds must give the same on every store. */
export type Recorded<E extends EventData = EventData> = E & {
  readonly id: string;
  readonly stream: string;
  /** Counts from 0 within the stream. */
  readonly revision: number;
  readonly meta: Envelope;
};

/** `stream@revision`: names an event for ever, on every store. */
export function addressOf({ stream, revision }: Pick<Recorded, 'stream' | 'revision'>): string {
  return `${stream}@${revision}`;
}

/** What an address names. */
export function placeOf(address: string): Pick<Recorded, 'stream' | 'revision'> {
  const at = address.lastIndexOf('@');
  return { stream: address.slice(0, at), revision: Number(address.slice(at + 1)) };
}

/** A name with a revision, padded, so that what is keyed so sorts by name, then in order of revision. */
export function sortableAddress(name: string, revision: number): string {
  return `${name}@${String(revision).padStart(10, '0')}`;
}
