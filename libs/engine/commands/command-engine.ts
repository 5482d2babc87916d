import type { EventCatalog } from '../catalog.js';
import { limits } from '../limits.js';
import type { AnyDecider, Context, Decision, Facts, Known } from '../model/aggregate.js';
import type { Envelope } from '../model/envelope.js';
import type { CommandClass, EventData } from '../model/message.js';
import type { RecordPut } from '../model/record.js';
import type { Clock } from '../ports/clock.js';
import { OutcomeUnknownError, StoreUnavailableError, type EventStore, type StoredEvent } from '../ports/event-store.js';
import type { Records } from '../ports/records.js';
import { uuidFrom } from '../uuid.js';
import { Appender } from './appender.js';
import { factsOf, furtherFactsOf, recordedOf, type Attempt } from './attempt.js';
import { commandHashOf, commandIdOf, type Behind, type Call, type CommandOutcome, type Waiting } from './call.js';
import { isFor, mayIssue, sizeFault } from './checks.js';
import { LoadedStreams, type LoadedStream } from './loaded-streams.js';
import { LogWatch } from './log-watch.js';
import { registerCommands, type Registered } from './registry.js';
import { StreamQueues } from './stream-queues.js';

/** Whether the processes have handled the events up to a position. */
export interface Settlement {
  /** True at once if no process listens to any of these types. */
  ignores(types: readonly string[]): boolean;
  /** False when the time passed, or `gone` aborted, first. */
  settle(position: string, timeoutMs: number, gone?: AbortSignal): Promise<boolean>;
}

export interface CommandEngineOptions<Settings> {
  readonly deciders: readonly AnyDecider[];
  readonly store: EventStore;
  /** Where what must be erasable is kept. */
  readonly records: Pick<Records, 'transact'>;
  readonly catalog: EventCatalog;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly settlement: Settlement;
  /** No other process appends to this store: what is in memory is the end of the stream. */
  readonly solelyOurs: boolean;
}

/** States of the facts that were asked for, and which of their streams there are. */
interface Found {
  readonly known: Known<Facts>;
  readonly seen: Envelope['context'];
}

const nothing: Found = { known: {}, seen: [] };

/**
 * The way of a command: authorise, wait for its stream, load, is it the caller's, is it a repetition,
 * expected revision, facts, decide, records, append, answer. The order is that of the refusals.
 */
export class CommandEngine<Settings> {
  readonly #commands: ReadonlyMap<string, Registered>;
  readonly #queues = new StreamQueues();
  readonly #streams: LoadedStreams;
  readonly #appender: Appender;
  /** Null: nobody else appends. */
  readonly #others: LogWatch | null;

  constructor(private readonly options: CommandEngineOptions<Settings>) {
    this.#commands = registerCommands(options.deciders);
    this.#streams = new LoadedStreams(options.store, options.catalog);
    this.#appender = new Appender(options.store);
    this.#others = options.solelyOurs
      ? null
      : new LogWatch(options.store, (stream, revision) => this.#streams.goneOn(stream, revision));
  }

  /** Ends what was begun to know what others append; commands are not given any more. */
  stop(): void {
    this.#others?.stop();
  }

  async execute(command: object, call: Call): Promise<CommandOutcome> {
    const type = command.constructor as CommandClass;
    const registered = this.#commands.get(type.type);
    if (!registered) throw new Error(`No decider handles ${type.type}.`);
    if (!mayIssue(type, call)) return { kind: 'forbidden' };
    const behind = await this.lagging(call);
    if (behind) return behind;
    const attempt = this.#attempt(command, type, call, registered);
    try {
      const outcome = await this.#queues.run(attempt.stream, () => this.#carryOut(attempt));
      return type.settles && outcome.kind === 'done' ? await this.#settled(outcome) : outcome;
    } catch (error) {
      if (error instanceof StoreUnavailableError) return { kind: 'unavailable', detail: error.message };
      this.#streams.forget(attempt.stream);
      if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
      throw error;
    }
  }

  /** Waits until the processes have handled everything up to `after`; what is answered if they did not get there. */
  async lagging({ after, waitMs, gone }: Waiting): Promise<Behind | null> {
    if (after === null || (await this.options.settlement.settle(after, waitMs, gone))) return null;
    return { kind: 'behind', position: await this.options.store.head() };
  }

  #attempt(command: object, type: CommandClass, call: Call, registered: Registered): Attempt {
    const { caller } = call;
    const commandId = commandIdOf(call);
    const newId = (purpose: string): string => uuidFrom(commandId, purpose);
    const stream = registered.handles.stream(command, { newId, caller });
    const commandHash = commandHashOf(command);
    return { command, type, call, registered, stream, commandId, commandHash, newId };
  }

  async #carryOut(attempt: Attempt): Promise<CommandOutcome> {
    for (let count = 1; count <= limits.attempts; count += 1) {
      const outcome = await this.#once(attempt);
      if (outcome.kind !== 'contended') return outcome;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** count));
    }
    return { kind: 'contended' };
  }

  async #once(attempt: Attempt): Promise<CommandOutcome> {
    const { command, call, registered, stream } = attempt;
    const { decider, handles } = registered;
    await this.#others?.started();
    const loaded = await this.#streams.load(decider, stream);
    const checked = loaded.revision;
    const undecided = await this.#undecided(attempt, loaded);
    if (undecided?.kind === 'done') return undecided;
    if (undecided) return (await this.#isBehind(stream, checked)) ? this.#once(attempt) : undecided;
    const facts = await this.#facts(factsOf(attempt, loaded.state));
    const further = await this.#facts(furtherFactsOf(attempt, facts.known));
    // While facts were loaded it was read on, maybe by what this very command has written elsewhere.
    if (loaded.revision !== checked) return this.#once(attempt);
    const context = this.#context(attempt, loaded, { ...facts.known, ...further.known });
    const decision: Decision<EventData> = handles.decide(loaded.state, command, context);
    if (call.dryRun) return this.#dryRun(attempt, loaded, decision, context);
    if (!('rejected' in decision)) await this.#put(handles.records?.(command, context) ?? []);
    if ('rejected' in decision || decision.length === 0) return this.#withoutEvents(attempt, loaded, decision, context);
    return this.#append(attempt, loaded, decision, context.now, [...facts.seen, ...further.seen]);
  }

  /** What is answered without deciding; null: it is to be decided. */
  async #undecided(attempt: Attempt, loaded: LoadedStream): Promise<CommandOutcome | null> {
    const { type, call, commandId, commandHash } = attempt;
    if (!(await this.#isThereForCaller(attempt, loaded))) return { kind: 'notFound' };
    const { revision: actual } = loaded;
    const repeated = loaded.commands.get(commandId);
    if (repeated && repeated.hash !== commandHash) return { kind: 'keyReused' };
    if (repeated) return this.#answerAgain(attempt, repeated.firstRevision, repeated.count);
    if (call.expectedRevision !== null) return call.expectedRevision === actual ? null : { kind: 'stale', actual };
    const isRequired = type.http?.revision === 'required' && call.actor.kind !== 'system';
    return isRequired ? { kind: 'revisionRequired', actual } : null;
  }

  async #isThereForCaller(attempt: Attempt, loaded: LoadedStream): Promise<boolean> {
    const { registered, command, call } = attempt;
    const { decider, handles } = registered;
    if (handles.owner) {
      const { known } = await this.#facts(factsOf(attempt, loaded.state));
      return isFor(call.caller, handles.owner(loaded.state, command, known));
    }
    return handles.creates === true || isFor(call.caller, decider.owner(loaded.state));
  }

  async #facts(facts: Facts = {}): Promise<Found> {
    const asked = Object.entries(facts);
    if (asked.length === 0) return nothing;
    await this.#others?.caughtUp();
    const streams = await this.#streams.loadAll(asked.map(([, fact]) => fact));
    const known: Record<string, unknown> = {};
    const seen: { stream: string; revision: number }[] = [];
    asked.forEach(([name, { stream }], index) => {
      const loaded = streams[index];
      if (!loaded) return;
      known[name] = loaded.state;
      if (loaded.revision >= 0) seen.push({ stream, revision: loaded.revision });
    });
    return { known, seen };
  }

  #context({ call, commandId, newId }: Attempt, loaded: LoadedStream, facts: object): Context<Facts, Settings> {
    const now = this.options.clock.now();
    const { settings } = this.options;
    const { actor, caller } = call;
    return { now, actor, caller, commandId, newId, settings, revision: loaded.revision, facts: facts as Known<Facts> };
  }

  async #dryRun(
    { command, registered }: Attempt,
    loaded: LoadedStream,
    decision: Decision<EventData>,
    context: Context<Facts, Settings>,
  ): Promise<CommandOutcome> {
    if ('rejected' in decision) return { kind: 'rejected', refusals: decision.rejected };
    const { preview } = registered.handles;
    const more = await this.#facts(preview?.facts(command, loaded.state));
    const facts = { ...context.facts, ...more.known };
    const shown: object = preview?.answer(loaded.state, command, { ...context, facts }) ?? {};
    return { kind: 'dryRun', revision: loaded.revision, events: decision, preview: shown };
  }

  /** Whatever was there is replaced, so that trying again does no harm. */
  async #put(rows: readonly RecordPut[]): Promise<void> {
    if (rows.length > 0) await this.options.records.transact(rows.map((row) => ({ ...row, expect: 'any' })));
  }

  /** Whether a stream has gone on elsewhere: before that is known, nothing is refused out of memory. */
  async #isBehind(stream: string, revision: number): Promise<boolean> {
    if (!this.#others) return false;
    await this.#others.caughtUp();
    return this.#streams.hasGoneOn(stream, revision);
  }

  /** A refusal, or nothing to do. */
  async #withoutEvents(
    attempt: Attempt,
    loaded: LoadedStream,
    decision: Decision<EventData>,
    context: Context<Facts, Settings>,
  ): Promise<CommandOutcome> {
    const { command, registered, stream } = attempt;
    if (await this.#isBehind(stream, context.revision)) return this.#once(attempt);
    if ('rejected' in decision) return { kind: 'rejected', refusals: decision.rejected };
    const position = loaded.position ?? (await this.options.store.head());
    const { handles } = registered;
    const answer: object =
      handles.unchanged?.(loaded.state, command, context) ?? handles.answer?.([], command, this.options.settings) ?? {};
    return { kind: 'done', revision: loaded.revision, position, settled: true, answer };
  }

  async #append(
    attempt: Attempt,
    loaded: LoadedStream,
    decision: readonly EventData[],
    now: string,
    seen: Envelope['context'],
  ): Promise<CommandOutcome> {
    const { stream, command, registered } = attempt;
    const events = recordedOf(attempt, loaded, decision, { catalog: this.options.catalog, now, context: seen });
    const tooLarge = sizeFault(decision);
    if (tooLarge) return { kind: 'tooLarge', detail: tooLarge };
    const expected = loaded.revision === -1 ? 'none' : loaded.revision;
    const appended = await this.#appender.append(stream, expected, events);
    if (appended.outcome === 'unknown') {
      this.#streams.forget(stream);
      return { kind: 'unknown' };
    }
    if (appended.outcome === 'conflict') {
      // By what, is seen by looking again: the caller's revision is stale, or this very command was carried out elsewhere.
      this.#streams.forget(stream);
      return { kind: 'contended' };
    }
    const { position } = appended;
    const revision = loaded.revision + events.length;
    if (appended.atOnce) {
      for (const event of events) loaded.evolve(event, position);
      this.#streams.keep(stream, loaded);
    } else {
      this.#streams.forget(stream);
    }
    const answer: object = registered.handles.answer?.(events, command, this.options.settings) ?? {};
    const settled = this.options.settlement.ignores(decision.map((event) => event.type));
    return { kind: 'done', revision, position, settled, answer };
  }

  async #answerAgain(attempt: Attempt, firstRevision: number, count: number): Promise<CommandOutcome> {
    const events: StoredEvent[] = [];
    for await (const page of this.options.store.read(attempt.stream, firstRevision)) {
      events.push(...page.slice(0, count - events.length));
      if (events.length === count) break;
    }
    const last = events.at(-1);
    if (!last) throw new Error(`${attempt.stream} has no event at ${firstRevision}, although it was remembered.`);
    const read = events.map((event) => this.options.catalog.read(event));
    const answer: object = attempt.registered.handles.answer?.(read, attempt.command, this.options.settings) ?? {};
    const settled = this.options.settlement.ignores(events.map((event) => event.type));
    return { kind: 'done', revision: last.revision, position: last.position, settled, answer };
  }

  async #settled(outcome: CommandOutcome & { kind: 'done' }): Promise<CommandOutcome> {
    if (outcome.settled) return outcome;
    return { ...outcome, settled: await this.options.settlement.settle(outcome.position, limits.settleMs) };
  }
}
