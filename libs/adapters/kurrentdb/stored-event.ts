import type { AllStreamResolvedEvent, ResolvedEvent } from '@kurrent/kurrentdb-client';
import type { Envelope } from '../../engine/model/envelope.js';
import { StoreCorruptError, type StoredEvent } from '../../engine/ports/event-store.js';
import { noPlace, placeOf, positionOf, type Place } from './positions.js';

/** Which of the server's streams are ours. */
export interface LogName {
  readonly logId: string;
  /** Before every stream's name. No namespace is the beginning of another. */
  readonly namespace: string;
}

/** The stream whose only event says what the log's ID is. */
export const logStream = 'log';

/** An event as the client gives it, with what it gave it for. */
export type Delivered = ResolvedEvent | AllStreamResolvedEvent;

export function isOurs({ namespace }: LogName, { event }: Delivered): boolean {
  return event !== undefined && event.streamId.startsWith(namespace) && event.streamId !== namespace + logStream;
}

/** Where the server has it; null only for what has been taken out of the log. */
export function placeOfDelivered({ event, link }: Delivered): Place | null {
  const position = (link ?? event)?.position;
  return position ? placeOf(position) : null;
}

/** Checks every part: what cannot be read must not be skipped. Metadata or data that is no JSON comes as bytes or text. */
export function storedEventOf(log: LogName, delivered: Delivered): StoredEvent {
  const { event } = delivered;
  const place = placeOfDelivered(delivered) ?? noPlace;
  const data: unknown = event?.data;
  const meta: unknown = event?.metadata;
  if (!event || place === noPlace || !isPlainObject(data) || !isPlainObject(meta) || !isEnvelope(meta)) {
    const address = event ? `${event.streamId}@${event.revision}` : 'an event';
    throw new StoreCorruptError(`What the event store holds as ${address} is not what was written.`);
  }
  return {
    id: event.id,
    type: event.type,
    data,
    stream: event.streamId.slice(log.namespace.length),
    revision: Number(event.revision),
    meta,
    position: positionOf(log.logId, place),
  };
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !Array.isArray(value);
}

function isEnvelope(meta: object): meta is Envelope {
  const { v, recordedAt } = meta as Partial<Record<keyof Envelope, unknown>>;
  return Number.isSafeInteger(v) && typeof recordedAt === 'string';
}
