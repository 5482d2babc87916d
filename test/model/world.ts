import type { AnyDecider, AnyHandling, Facts, Owner } from '#lib/engine/model/aggregate.js';
import { isFor } from '#lib/engine/commands/checks.js';
import type { Actor, Recorded } from '#lib/engine/model/envelope.js';
import type { CommandClass, EventData } from '#lib/engine/model/message.js';
import type { EraseRecord, Reaction } from '#lib/engine/model/process.js';
import type { RecordPut } from '#lib/engine/model/record.js';
import type { Settings } from '#lib/domain/settings.js';
import { deciders } from '#lib/domain/deciders.js';
import { later } from '#lib/engine/model/instants.js';
import { lifeCycles } from '#lib/domain/life-cycles.js';
import { domainRefusals } from '#lib/domain/refusals.js';
import { DeliverLead } from '#lib/processes/leads.js';
import { processes } from '#lib/processes/processes.js';
import { problemBook } from '../../apps/server/http/problems.js';
import type { Asked, Verdict } from './model.js';

type Timer = Extract<Reaction, { setTimer: string }>;

export interface Stream {
  readonly decider: AnyDecider;
  state: unknown;
  readonly events: Recorded[];
}

/** Gets the events of an append, and the word of the stream's status after each of them. */
export type Watch = (stream: Stream, appended: readonly Recorded[], words: readonly string[]) => void;

const wordsOf = new Map(lifeCycles.map(({ category, wordOf }) => [category, wordOf]));

/** Which of several faults a caller is told first is the product's own choice. */
const problems = problemBook(domainRefusals);
const handlings = new Map(
  deciders.flatMap((decider) => decider.handles.map((handles) => [handles.command.type, { decider, handles }])),
);
const installation: Owner = { installation: true };

/**
 * The deciders with their processes, without store, bus or HTTP: what was decided is folded at once, every event is
 * reacted to before the next command comes, and timers fire while time passes.
 */
export class World {
  readonly log: Recorded[] = [];
  readonly streams = new Map<string, Stream>();
  /** What lies beside the log, by `table/key`. */
  readonly records = new Map<string, object>();
  /** Streams that have new events, and records that were put or erased, since somebody last emptied this. */
  readonly changed = new Set<string>();
  readonly #processes: ReturnType<typeof processes>;
  readonly #timers = new Map<string, Timer>();
  #reacted = 0;
  #issued = 0;

  constructor(
    public now: string,
    private readonly settings: Settings,
    /** Is told of every append, before anything follows from it. */
    private readonly watch: Watch = () => undefined,
  ) {
    this.#processes = processes(settings);
  }

  send(command: CommandClass, input: object, asked: Asked): Verdict {
    const verdict = this.#carryOut(command, input, asked);
    this.#react();
    return verdict;
  }

  /** Fires what becomes due, each at its instant. Timers that are not prompt fire when time next passes with prompt ones. */
  pass(ms: number, prompt: boolean): void {
    const until = later(this.now, ms);
    while (prompt) {
      const [id, timer] = [...this.#timers].sort(([, a], [, b]) => (a.dueAt < b.dueAt ? -1 : 1))[0] ?? [];
      if (id === undefined || !timer || timer.dueAt > until) break;
      if (timer.dueAt > this.now) this.now = timer.dueAt;
      this.#timers.delete(id);
      this.#issue(timer);
      this.#react();
    }
    this.now = until;
  }

  #issue({ issue, input }: { readonly issue: CommandClass; readonly input: object }): void {
    this.#issued += 1;
    this.#carryOut(issue, input, { role: 'system', caller: installation, id: `issued-${this.#issued}` });
  }

  #react(): void {
    for (; this.#reacted < this.log.length; this.#reacted += 1) {
      const event = this.log[this.#reacted];
      if (!event) continue;
      for (const { name, on } of this.#processes) {
        for (const reaction of on[event.type]?.(event) ?? []) {
          if ('clearTimer' in reaction) this.#timers.delete(`${name}/${reaction.clearTimer}`);
          else if ('setTimer' in reaction) this.#timers.set(`${name}/${reaction.setTimer}`, reaction);
          else if ('issue' in reaction) this.#issue(reaction);
          else if ('eraseRecord' in reaction) this.#erase(reaction.eraseRecord);
          // However a delivery ends, nothing is decided by it.
          else if (reaction.kind !== DeliverLead)
            throw new Error(`${name} asks for what only the outside could answer.`);
        }
      }
    }
  }

  #carryOut(type: CommandClass, input: object, asked: Asked): Verdict {
    const found = handlings.get(type.type);
    if (!found) throw new Error(`No decider handles ${type.type}.`);
    const by = asked.role === 'system' ? 'anyone' : (type.http?.by ?? []);
    if (by !== 'anyone' && !by.includes(asked.role)) return type.http?.denied ?? 'FORBIDDEN';
    const { decider, handles } = found;
    const command: unknown = Object.assign(new type(), input);
    const newId = (): string => asked.id;
    const ids = { newId, caller: asked.caller };
    const name = handles.stream(command, ids);
    const stream = this.streams.get(name) ?? { decider, state: decider.initial() as unknown, events: [] };
    const known = this.#known(handles.facts?.(command, stream.state, ids) as Facts | undefined);
    if (!isThere(decider, handles, stream.state, command, known, asked.caller)) return 'NOT_FOUND';
    const further = this.#known(handles.furtherFacts?.(command, known, ids) as Facts | undefined);
    const context = {
      now: this.now,
      actor: actorOf(asked),
      caller: asked.caller,
      commandId: asked.id,
      revision: stream.events.length - 1,
      newId,
      settings: this.settings,
      facts: { ...known, ...further },
    };
    const decision = handles.decide(stream.state, command, context);
    const again = handles.decide(stream.state, command, context);
    if (JSON.stringify(again) !== JSON.stringify(decision)) throw new Error(`${type.type} was decided differently.`);
    if ('rejected' in decision) return problems.of(decision.rejected, '').code;
    for (const row of handles.records?.(command, context) ?? []) this.#put(row);
    this.streams.set(name, stream);
    this.#append(name, stream, decision, asked);
    return 'done';
  }

  #known(facts: Facts = {}): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(facts).map(([name, { aggregate, stream }]) => [
        name,
        this.streams.get(stream)?.state ?? aggregate.initial(),
      ]),
    );
  }

  #put({ table, key, value }: RecordPut): void {
    this.records.set(`${table}/${key}`, value);
    this.changed.add(`${table}/${key}`);
  }

  #erase({ table, key }: EraseRecord['eraseRecord']): void {
    this.records.delete(`${table}/${key}`);
    this.changed.add(`${table}/${key}`);
  }

  #append(name: string, stream: Stream, decision: readonly EventData[], asked: Asked): void {
    const from = stream.events.length;
    const words: string[] = [];
    for (const { type, data } of decision) {
      const revision = stream.events.length;
      const event: Recorded = {
        type,
        data,
        id: `${name}@${revision}`,
        stream: name,
        revision,
        meta: {
          v: 1,
          recordedAt: this.now,
          occurredAt: this.now,
          commandId: asked.id,
          commandHash: '',
          actor: actorOf(asked),
          tenant: asked.caller.publisherId ?? asked.caller.tenantId ?? null,
          context: [],
          traceparent: null,
          $correlationId: asked.id,
          $causationId: asked.id,
        },
      };
      stream.events.push(event);
      this.log.push(event);
      stream.state = stream.decider.evolve(stream.state, event) as unknown;
      words.push(wordsOf.get(stream.decider.category)?.(stream.state) ?? 'there');
    }
    if (decision.length === 0) return;
    this.changed.add(name);
    this.watch(stream, stream.events.slice(from), words);
  }
}

function actorOf({ role }: Asked): Actor {
  return { kind: role === 'system' || role === 'anonymous' ? role : 'key', id: role, role, personId: null };
}

function isThere(
  decider: AnyDecider,
  handles: AnyHandling,
  state: unknown,
  command: unknown,
  facts: Record<string, unknown>,
  caller: Owner,
): boolean {
  if (!handles.owner && handles.creates) return true;
  const owner = handles.owner ? handles.owner(state, command, facts) : decider.owner(state);
  return isFor(caller, owner);
}
