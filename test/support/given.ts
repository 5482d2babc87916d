import { isDeepStrictEqual } from 'node:util';
import type { AnyHandling, Context, Decider, Owner } from '#lib/engine/model/aggregate.js';
import type { Actor, Recorded } from '#lib/engine/model/envelope.js';
import type { CommandClass, EventData } from '#lib/engine/model/message.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import type { Settings } from '#lib/domain/settings.js';
import { settings } from './settings.js';

/** The instant at which tests act unless they say otherwise. */
export const noon = '2026-03-01T12:00:00.000Z';

export const system: Actor = { kind: 'system', id: 'test', role: 'system', personId: null };

/** Puts events in a stream, one second apart, ending at noon. */
export function recorded(stream: string, events: readonly EventData[], from = 0): Recorded[] {
  return events.map((event, index) => {
    const at = new Date(Date.parse(noon) - (events.length - index) * 1000).toISOString();
    const revision = from + index;
    return {
      ...structuredClone(event),
      id: `00000000-0000-5000-8000-${String(revision).padStart(12, '0')}`,
      stream,
      revision,
      meta: {
        v: 1,
        recordedAt: at,
        occurredAt: at,
        commandId: `command-${revision}`,
        commandHash: '',
        actor: system,
        tenant: null,
        context: [],
        traceparent: null,
        $correlationId: `command-${revision}`,
        $causationId: `command-${revision}`,
      },
    };
  });
}

interface Circumstances {
  readonly now?: string;
  readonly actor?: Actor;
  readonly caller?: Owner;
  readonly settings?: Partial<Settings>;
  /** Histories of the streams that the decision asks for as facts, by stream name. */
  readonly streams?: Readonly<Record<string, readonly EventData[]>>;
}

/** Given what has happened to one stream (and, in `circumstances`, elsewhere), when a command comes, then … */
export function given<S>(decider: Decider<S>, history: readonly EventData[], circumstances: Circumstances = {}) {
  return {
    when<C extends object>(command: CommandClass<C>, input: C) {
      const { decided, context, stream } = decide(decider, history, circumstances, command, input);
      const { rejected } = decided as { rejected?: readonly Refusal[] };
      return {
        /** Asserts the whole list of events. */
        then(...events: readonly EventData[]): void {
          expect(decided).toStrictEqual(events);
        },
        /** Asserts all refusals by code and pointer, in any order; each says in a sentence what is wrong. */
        refused(...expected: readonly Pick<Refusal, 'code' | 'pointer'>[]): void {
          const found = (rejected ?? decided) as readonly Refusal[];
          const bare = found.map(({ code, pointer }) => ({ code, pointer }));
          const order = (list: readonly object[]) => list.map((item) => JSON.stringify(item)).sort();
          expect(order(bare)).toEqual(order(expected));
          for (const { detail } of found) expect(detail).toMatch(/^\S.{5,}[.!?]$/su);
        },
        /** Asserts what all refusals say, word by word and in their order. */
        says(...details: readonly string[]): void {
          expect(rejected?.map(({ detail }) => detail)).toEqual(details);
        },
        decided,
        /** What the decision was told beside the command. */
        context,
        /** Where the events go. */
        stream,
      };
    },
  };
}

function decide<S>(
  decider: Decider<S>,
  history: readonly EventData[],
  circumstances: Circumstances,
  command: CommandClass,
  input: object,
): { decided: unknown; context: Context; stream: string } {
  const handles: AnyHandling | undefined = decider.handles.find((handling) => handling.command === command);
  if (!handles) throw new Error(`${decider.category} does not handle ${command.type}.`);
  const newId = (purpose: string) => `id-of-${purpose}`;
  const caller = circumstances.caller ?? { installation: true };
  const stream = handles.stream(input, { newId, caller });
  const state = () => recorded(stream, history).reduce((s, e) => decider.evolve(s, e), decider.initial());
  const folded = (facts: Record<string, { aggregate: Decider<unknown>; stream: string }> = {}) =>
    Object.fromEntries(
      Object.entries(facts).map(([name, { aggregate, stream }]) => [
        name,
        recorded(stream, circumstances.streams?.[stream] ?? []).reduce(
          (s, e) => aggregate.evolve(s, e),
          aggregate.initial(),
        ),
      ]),
    );
  const ids = { newId, caller };
  const facts = folded(handles.facts?.(input, state(), ids));
  const contextOf = () => ({
    now: circumstances.now ?? noon,
    actor: circumstances.actor ?? system,
    caller,
    commandId: '00000000-0000-4000-8000-000000000000',
    revision: history.length - 1,
    newId,
    settings: { ...settings, ...circumstances.settings },
    facts: { ...facts, ...folded(handles.furtherFacts?.(input, facts, ids)) },
  });
  const run = () => handles.decide(state(), Object.assign(new handles.command(), structuredClone(input)), contextOf());
  const decided = run();
  if (!isDeepStrictEqual(run(), decided)) throw new Error(`${command.type} was decided differently the second time.`);
  return { decided, context: contextOf(), stream };
}
