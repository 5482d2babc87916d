import type { Owner } from '#lib/engine/model/aggregate.js';
import { addressOf, type Actor } from '#lib/engine/model/envelope.js';
import type { PlacedEvent, QueryContext, Ref, Snapshot } from '#lib/engine/model/query.js';
import { Instant, Nullable, OneOf, Part, Parts, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { keyLabel } from './key-labels.js';
import { sentenceOf } from './sentences.js';

/** Steps that one explanation tells; of a longer history the newest. */
const mostSteps = 500;
const kinds = ['user', 'key', 'system', 'anonymous'] as const;

/** Who acted. Whoever asks for a publisher or a tenant learns of others' people and keys their role alone. */
export class Acting {
  @OneOf(kinds) kind!: Actor['kind'];
  @Nullable() @Text({ description: 'Of a user or key, or the name of a process or timer.' }) id!: string | null;
  @Text() role!: string;
  @Nullable() @Text() personId!: string | null;
  @Nullable() @Text({ description: "A key's label, as the installation's admin wrote it." }) label!: string | null;
}

/** An event that belongs to the story, what led to it and what came of it. Events are named `stream@revision`. */
export class ExplainedEvent {
  @Text() reference!: string;
  @Text() position!: string;
  @Text() event!: string;
  @Instant() recordedAt!: string;
  @Part(() => Acting) by!: Acting;
  @Text({ description: 'What happened, as a sentence.' }) says!: string;
  @Nullable()
  @Text({ description: 'The event that a process or timer acted upon; null: a person or a key acted by themselves.' })
  causedBy!: string | null;
  @Texts({ description: 'What processes and timers made of it, as far as it is told here.' }) caused!: string[];
  @Texts({ description: 'Ends of other streams that the decision rested on.' }) restedOn!: string[];
  @Text() commandId!: string;
  @Text() correlationId!: string;
}

/** The events behind an answer, in the order of the log. */
export class Story {
  @Whole() earlier!: number;
  @Parts(() => ExplainedEvent, { maxItems: mostSteps }) steps!: ExplainedEvent[];
}

/** Names the keys that acted in these events, for the round after those that read them. */
export function labelsFor(events: readonly PlacedEvent[]): readonly Ref[] {
  return keysIn(events).map(keyLabel);
}

function keysIn(events: readonly PlacedEvent[]): readonly string[] {
  return [...new Set(events.flatMap(({ meta: { actor } }) => (actor.kind === 'key' ? [actor.id] : [])))];
}

/** Each event once, in the order of the log. */
export function inOrder(events: readonly PlacedEvent[]): readonly PlacedEvent[] {
  const once = new Map(events.map((event) => [event.position, event]));
  return [...once.values()].sort((a, b) => (a.position < b.position ? -1 : 1));
}

/** Which of the events read belong to a story, and who may be told of which. */
export interface Telling {
  belongs(event: PlacedEvent): boolean;
  isTold(event: PlacedEvent): boolean;
}

/** What belongs to the story, with everything that led to it, as far as whoever asks may know. */
export function storyOf(
  events: readonly PlacedEvent[],
  telling: Telling,
  docs: Snapshot,
  context: QueryContext,
): Story {
  const causes = causesIn(events);
  const chosen = new Set<PlacedEvent>();
  for (const event of events) {
    if (!telling.belongs(event)) continue;
    for (let link: PlacedEvent | undefined = event; link && !chosen.has(link); link = causes.get(link))
      chosen.add(link);
  }
  const told = events.filter((event) => chosen.has(event) && telling.isTold(event));
  const shown = told.slice(-mostSteps);
  const caused = new Map<PlacedEvent, string[]>();
  for (const event of shown) {
    const cause = causes.get(event);
    if (cause) caused.set(cause, [...(caused.get(cause) ?? []), addressOf(event)]);
  }
  const stepOf = (event: PlacedEvent): ExplainedEvent => {
    const { meta, position, type } = event;
    const cause = causes.get(event);
    return {
      reference: addressOf(event),
      position,
      event: type,
      recordedAt: meta.recordedAt,
      by: actingIn(event, docs, context.caller),
      says: sentenceOf(event),
      causedBy: cause ? addressOf(cause) : null,
      caused: caused.get(event) ?? [],
      restedOn: restedOn(event),
      commandId: meta.commandId,
      correlationId: meta.$correlationId,
    };
  };
  return { earlier: told.length - shown.length, steps: shown.map(stepOf) };
}

/** What a process or timer acted upon. Whoever acts by themselves is their own command's cause. */
function causesIn(events: readonly PlacedEvent[]): ReadonlyMap<PlacedEvent, PlacedEvent> {
  const byId = new Map(events.map((event) => [event.id, event]));
  return new Map(
    events.flatMap((event) => {
      const cause = byId.get(event.meta.$causationId);
      return cause ? [[event, cause] as const] : [];
    }),
  );
}

/** Of persons it is looked up whether they were erased; that they were says nothing here. */
function restedOn({ meta: { context } }: PlacedEvent): string[] {
  return context.filter(({ stream }) => !stream.startsWith('person-')).map(addressOf);
}

function actingIn({ meta: { actor, tenant } }: PlacedEvent, docs: Snapshot, caller: Owner): Acting {
  const { kind, id, role, personId } = actor;
  if (kind === 'system') return { kind, id, role, personId, label: null };
  const isTheirs = tenant === caller.publisherId || tenant === caller.tenantId;
  if (!caller.installation && !isTheirs) return { kind, id: null, role, personId: null, label: null };
  return { kind, id, role, personId, label: kind === 'key' ? (docs.get(keyLabel(id))?.label ?? null) : null };
}
