import { sha256 } from '#lib/engine/sha256.js';
import type { Call } from '#lib/engine/commands/call.js';
import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Role } from '#lib/domain/roles.js';
import type { Settings } from '#lib/domain/settings.js';
import { Agenda } from './agenda.js';
import { Chance } from './chance.js';
import { World, type Sent } from './world.js';

/** What somebody does in the course of time: yields how many milliseconds they wait before they go on. */
export type Life<Result = void> = Generator<number, Result, void>;

/** Who sends a command: a role with its publisher or tenant, or a visitor of the storefront. */
export type Who = { readonly role: Role } & Pick<Owner, 'publisherId' | 'tenantId'>;

export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => hours(24) * count;

const visitor: Pick<Call, 'actor' | 'caller'> = {
  actor: { kind: 'anonymous', id: 'anonymous', role: 'anonymous', personId: null },
  caller: {},
};

/** Where lives meet: one clock, one world, and chance that follows from the seed alone. */
export class Stage {
  readonly world: World;
  readonly #agenda = new Agenda();
  #nowMs: number;
  #commands = 0;
  #refused = new Map<string, number>();

  constructor(
    private readonly seed: number,
    startMs: number,
    readonly settings: Settings,
    appended: (events: readonly Recorded[]) => void,
  ) {
    this.#nowMs = startMs;
    const timerSet = (id: string, dueAt: string): void => {
      this.#agenda.add(Math.max(this.#nowMs, Date.parse(dueAt)), () => this.world.fire(id, dueAt));
    };
    this.world = new World(new Date(startMs).toISOString(), settings, appended, timerSet);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** When somebody does something next; null: nobody ever will. */
  get nextAt(): number | null {
    return this.#agenda.nextAt;
  }

  /** How often commands were refused, by name and code. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  advanceTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, Math.floor(ms));
    this.world.now = new Date(this.#nowMs).toISOString();
  }

  /** Lets time pass until somebody does something, and lets them. */
  next(): void {
    const entry = this.#agenda.take();
    if (!entry) throw new Error('Nothing will ever happen again.');
    this.advanceTo(entry.at);
    entry.act();
  }

  begin(life: Life, afterMs = 0): void {
    const goOn = (): void => {
      const { done, value } = life.next();
      if (!done) this.#agenda.add(this.#nowMs + value, goOn);
    };
    this.#agenda.add(this.#nowMs + afterMs, goOn);
  }

  /** The same seed and name give the same choices, whatever others do. */
  chanceOf(name: string): Chance {
    return new Chance(Number.parseInt(sha256(`${this.seed} ${name}`).slice(0, 8), 16));
  }

  act<C extends object>(command: CommandClass<C>, input: NoInfer<C>, who: Who | 'visitor'): Sent {
    this.#commands += 1;
    const circumstances = who === 'visitor' ? visitor : this.#credentialsOf(who);
    const sent = this.world.send(command, input, {
      ...circumstances,
      idempotencyKey: `${this.seed}/${this.#commands}`,
      expectedRevision: null,
      dryRun: false,
      after: null,
      waitMs: 0,
      traceparent: null,
      cause: null,
    });
    if (!sent.isDone) {
      const what = `${command.type}: ${sent.code}`;
      this.#refused.set(what, (this.#refused.get(what) ?? 0) + 1);
    }
    return sent;
  }

  #credentialsOf({ role, publisherId, tenantId }: Who): Pick<Call, 'actor' | 'caller'> {
    const scope = publisherId ?? tenantId;
    const id = sha256(`${this.seed} key ${role} ${scope ?? ''}`).slice(0, 16);
    const caller = { ...(publisherId !== undefined && { publisherId }), ...(tenantId !== undefined && { tenantId }) };
    const actor = { kind: 'key', id, role, personId: scope === undefined ? null : 'admin' } as const;
    return { actor, caller: scope === undefined ? { installation: true } : caller };
  }
}

/** A text field of the first event that a command left; null: it left none, or none with that field. */
export function fieldOf(sent: Sent, field: string): string | null {
  const value: unknown = sent.isDone
    ? new Map<string, unknown>(Object.entries(sent.events[0]?.data ?? {})).get(field)
    : null;
  return typeof value === 'string' ? value : null;
}
