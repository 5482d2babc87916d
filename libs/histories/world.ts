import { factsOf, furtherFactsOf, recordedOf, type Attempt } from '#lib/engine/commands/attempt.js';
import { commandHashOf, commandIdOf, type Call } from '#lib/engine/commands/call.js';
import { isFor, mayIssue, sizeFault } from '#lib/engine/commands/checks.js';
import { registerCommands, type Registered } from '#lib/engine/commands/registry.js';
import { EventCatalog } from '#lib/engine/catalog.js';
import type { Aggregate, AnyDecider, Decision, Facts } from '#lib/engine/model/aggregate.js';
import type { Envelope, Recorded } from '#lib/engine/model/envelope.js';
import type { CommandClass, EventData } from '#lib/engine/model/message.js';
import { uuidFrom } from '#lib/engine/uuid.js';
import { deciders } from '#lib/domain/deciders.js';
import { domainEvents } from '#lib/domain/events.js';
import type { Settings } from '#lib/domain/settings.js';
import { Beside } from './beside.js';
import { Reactions } from './reactions.js';

interface Stream {
  readonly decider: AnyDecider;
  state: unknown;
  revision: number;
  recordedAt: string;
}

/** What became of a command: its events, or the code of the first refusal. */
export type Sent =
  | { readonly isDone: true; readonly stream: string; readonly events: readonly Recorded[] }
  | { readonly isDone: false; readonly code: string };

const catalog = new EventCatalog(domainEvents);
const byCategory = new Map(deciders.map((decider) => [decider.category, decider]));

/**
 * The deciders with their processes, without store, bus or HTTP. What is decided gets the IDs, envelopes and
 * consequences that the command engine, the processes and the timers of an installation with these settings would give
 * it: a server that starts on such a history finds nothing to do again. Only states are kept, no events.
 */
export class World {
  readonly beside: Beside;
  /** Once it has taken up what happened elsewhere: streams that were looked for and have no events here. */
  readonly absent = new Set<string>();
  #wasElsewhere = false;
  readonly #commands: ReadonlyMap<string, Registered>;
  readonly #streams = new Map<string, Stream>();
  readonly #reactions: Reactions;

  constructor(
    /** ISO 8601, UTC, milliseconds. Whoever moves it moves it forward, and lets `fire` what is due. */
    public now: string,
    private readonly settings: Settings,
    /** Is told of every append, in order. */
    private readonly appended: (events: readonly Recorded[]) => void,
    timerSet: (id: string, dueAt: string) => void,
    /** Those of the product, unless somebody looks over their shoulders. */
    decidedBy: readonly AnyDecider[] = deciders,
  ) {
    this.#commands = registerCommands(decidedBy);
    this.beside = new Beside();
    this.#reactions = new Reactions(settings, this.beside, timerSet, (type, input, call) => {
      this.#carryOut(type, input, call);
    });
  }

  /**
   * Takes up what happened elsewhere: whole streams, or the next of their events. Nothing follows from it before `settle`.
   */
  take(event: Recorded): void {
    const decider = byCategory.get(event.stream.slice(0, event.stream.indexOf('-')));
    this.#wasElsewhere = true;
    if (!decider) throw new Error(`Nobody decides about ${event.stream}.`);
    const stream = this.#streams.get(event.stream) ?? fresh(decider);
    this.#streams.set(event.stream, stream);
    stream.state = decider.evolve(stream.state, event);
    stream.revision = event.revision;
    stream.recordedAt = event.meta.recordedAt;
  }

  /**
   * What processes and timers make of events that were taken up: what they have made of them already, they find nothing
   * to do for.
   */
  settle(events: readonly Recorded[]): void {
    this.#reactions.follow(events);
    this.#reactions.settle();
  }

  /** Carries a command out, and everything that follows from it at once. */
  send<C extends object>(type: CommandClass<C>, input: NoInfer<C>, call: Call): Sent {
    const sent = this.#carryOut(type, input, call);
    this.#reactions.settle();
    return sent;
  }

  /** A timer is due; nothing happens if it was cleared or set anew. */
  fire(id: string, dueAt: string): void {
    this.#reactions.fire(id, dueAt);
    this.#reactions.settle();
  }

  stateOf<S>(aggregate: Aggregate<S>, stream: string): S {
    return this.#stateOf(aggregate, stream) as S;
  }

  #stateOf(aggregate: Aggregate, stream: string): unknown {
    return this.#find(stream)?.state ?? aggregate.initial();
  }

  #find(name: string): Stream | undefined {
    const found = this.#streams.get(name);
    if (!found && this.#wasElsewhere) this.absent.add(name);
    return found;
  }

  #carryOut(type: CommandClass, input: object, call: Call): Sent {
    const registered = this.#commands.get(type.type);
    if (!registered) throw new Error(`No decider handles ${type.type}.`);
    if (!mayIssue(type, call)) return { isDone: false, code: 'FORBIDDEN' };
    const { decider, handles } = registered;
    const command: object = Object.assign(new type(), input);
    const commandId = commandIdOf(call);
    const newId = (purpose: string): string => uuidFrom(commandId, purpose);
    const name = handles.stream(command, { newId, caller: call.caller });
    const commandHash = commandHashOf(command);
    const attempt: Attempt = { command, type, call, registered, stream: name, commandId, commandHash, newId };
    const stream = this.#find(name) ?? fresh(decider);
    const facts = this.#facts(factsOf(attempt, stream.state));
    if (!isThere(attempt, stream.state, facts.known)) return { isDone: false, code: 'NOT_FOUND' };
    const further = this.#facts(furtherFactsOf(attempt, facts.known));
    const { now, settings } = this;
    const { actor, caller } = call;
    const known = { ...facts.known, ...further.known };
    const context = { now, actor, caller, commandId, newId, settings, revision: stream.revision, facts: known };
    const decision: Decision<EventData> = handles.decide(stream.state, command, context);
    if ('rejected' in decision) return { isDone: false, code: decision.rejected[0]?.code ?? '' };
    for (const row of handles.records?.(command, context) ?? []) this.beside.put(row);
    const tooLarge = sizeFault(decision);
    if (tooLarge) throw new Error(`${type.type}: ${tooLarge}`);
    const events = recordedOf(attempt, stream, decision, { catalog, now, context: [...facts.seen, ...further.seen] });
    this.#append(name, stream, events);
    return { isDone: true, stream: name, events };
  }

  #facts(facts: Facts): { known: Record<string, unknown>; seen: Envelope['context'] } {
    const known: Record<string, unknown> = {};
    const seen: { stream: string; revision: number }[] = [];
    for (const [name, { aggregate, stream }] of Object.entries(facts)) {
      known[name] = this.#stateOf(aggregate, stream);
      const found = this.#find(stream);
      if (found) seen.push({ stream, revision: found.revision });
    }
    return { known, seen };
  }

  #append(name: string, stream: Stream, events: readonly Recorded[]): void {
    if (events.length === 0) return;
    this.#streams.set(name, stream);
    for (const event of events) {
      stream.state = stream.decider.evolve(stream.state, event);
      stream.revision = event.revision;
      stream.recordedAt = event.meta.recordedAt;
    }
    this.appended(events);
    this.#reactions.follow(events);
  }
}

function fresh(decider: AnyDecider): Stream {
  return { decider, state: decider.initial(), revision: -1, recordedAt: '' };
}

function isThere({ registered, command, call }: Attempt, state: unknown, facts: Record<string, unknown>): boolean {
  const { decider, handles } = registered;
  if (handles.owner) return isFor(call.caller, handles.owner(state, command, facts));
  return handles.creates === true || isFor(call.caller, decider.owner(state));
}
