import type { EventCatalog } from '../catalog.js';
import type { Facts, Ids, Known } from '../model/aggregate.js';
import type { Envelope, Recorded } from '../model/envelope.js';
import type { CommandClass, EventData } from '../model/message.js';
import { uuidFrom } from '../uuid.js';
import type { Call } from './call.js';
import type { LoadedStream } from './loaded-streams.js';
import type { Registered } from './registry.js';

/** A command on its way: what was asked, by whom, and what follows from that alone. */
export interface Attempt {
  readonly command: object;
  readonly type: CommandClass;
  readonly call: Call;
  readonly registered: Registered;
  readonly stream: string;
  readonly commandId: string;
  readonly commandHash: string;
  newId(purpose: string): string;
}

/** What the decision rests on beside its own stream. */
export function factsOf(attempt: Attempt, state: unknown): Facts {
  const { registered, command } = attempt;
  return (registered.handles.facts?.(command, state, idsOf(attempt)) ?? {}) as Facts;
}

/** What it rests on besides, named by the first facts. */
export function furtherFactsOf(attempt: Attempt, known: Known<Facts>): Facts {
  const { registered, command } = attempt;
  return (registered.handles.furtherFacts?.(command, known, idsOf(attempt)) ?? {}) as Facts;
}

function idsOf({ newId, call: { caller } }: Attempt): Ids {
  return { newId, caller };
}

/** What was decided, as it will stand in the stream. Throws if an event is not what its class declares. */
export function recordedOf(
  { call, stream, commandId, commandHash }: Attempt,
  loaded: Pick<LoadedStream, 'revision' | 'recordedAt'>,
  decision: readonly EventData[],
  { catalog, now, context }: { catalog: EventCatalog; now: string; context: Envelope['context'] },
): Recorded[] {
  const recordedAt = now > loaded.recordedAt ? now : loaded.recordedAt;
  const { actor, caller, traceparent, cause } = call;
  // An ID stands for what was decided, and by what: where another process has carried out the same command and decided
  // otherwise, the store must not take its events for these.
  const rested = JSON.stringify(context);
  return decision.map((event, index) => {
    catalog.check(event);
    const meta: Envelope = {
      v: catalog.versionOf(event.type),
      recordedAt,
      occurredAt: now,
      commandId,
      commandHash,
      actor,
      tenant: caller.publisherId ?? caller.tenantId ?? null,
      context,
      traceparent,
      $correlationId: cause?.correlationId ?? commandId,
      $causationId: cause?.causationId ?? commandId,
    };
    const id = uuidFrom(commandId, stream, now, rested, String(index));
    return { id, type: event.type, data: event.data, stream, revision: loaded.revision + 1 + index, meta };
  });
}
