import { turnOfEventLoop } from '#lib/engine/event-loop.js';
import { TooWideError } from '#lib/engine/history/past-reader.js';
import type { Call } from '#lib/engine/commands/call.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { Settings } from '#lib/domain/settings.js';
import { Agenda } from './agenda.js';
import { World } from './world.js';

/** A command that somebody might send. */
export interface Supposed extends Pick<Call, 'actor' | 'caller'> {
  readonly command: CommandClass;
  readonly input: object;
}

export interface ContinuationOptions {
  /** Whole streams up to some moment, in the order of the log. */
  readonly history: readonly Recorded[];
  /** That moment. */
  readonly now: string;
  /** How far time goes on; null: until nothing is due any more. */
  readonly until: string | null;
  readonly settings: Settings;
  /** Sent at that moment, in order. */
  readonly commands: readonly Supposed[];
}

/** How a history went on. */
export interface Continuation {
  /** What it came to, in order. */
  readonly events: readonly Recorded[];
  /** Commands that were refused, by their place in the list, with the code of the first refusal. */
  readonly refused: readonly { readonly index: number; readonly code: string }[];
  readonly now: string;
  /** Streams that were looked for and were not in the history: without them, this is not how it goes on. */
  readonly absent: ReadonlySet<string>;
}

/** Timers may set timers: what goes on for longer than this is not followed. */
const mostTimers = 10_000;
const eventsPerTurn = 200;

/**
 * Goes on from a history by the deciders, processes and timers alone. Nothing is written anywhere. Throws TooWideError if
 * it does not come to an end.
 */
export async function goOn({ history, now, until, settings, commands }: ContinuationOptions): Promise<Continuation> {
  const events: Recorded[] = [];
  const agenda = new Agenda();
  const world: World = new World(
    now,
    settings,
    (appended) => events.push(...appended),
    (id, dueAt) => agenda.add(Date.parse(dueAt), () => world.fire(id, dueAt)),
  );
  for (const event of history) world.take(event);
  for (let from = 0; from < history.length; from += eventsPerTurn) {
    world.settle(history.slice(from, from + eventsPerTurn));
    await turnOfEventLoop();
  }
  const refused = commands.flatMap(({ command, input, actor, caller }, index) => {
    const sent = world.send(command, input, { ...quiet, actor, caller, idempotencyKey: `supposed/${index}` });
    return sent.isDone ? [] : [{ index, code: sent.code }];
  });
  await letTimePass(world, agenda, until === null ? Infinity : Date.parse(until));
  if (until !== null && until > world.now) world.now = until;
  return { events, refused, now: world.now, absent: world.absent };
}

const quiet: Omit<Call, 'actor' | 'caller' | 'idempotencyKey'> = {
  expectedRevision: null,
  dryRun: false,
  after: null,
  waitMs: 0,
  traceparent: null,
  cause: null,
};

/** What is due fires in its order; what was due before fires at once. */
async function letTimePass(world: World, agenda: Agenda, untilMs: number): Promise<void> {
  for (let fired = 1; (agenda.nextAt ?? Infinity) <= untilMs && agenda.nextAt !== null; fired += 1) {
    if (fired > mostTimers) throw new TooWideError(`More than ${mostTimers} timers are due.`);
    const next = agenda.take();
    if (!next) return;
    const at = new Date(next.at).toISOString();
    if (at > world.now) world.now = at;
    next.act();
    if (fired % eventsPerTurn === 0) await turnOfEventLoop();
  }
}
