import type { History } from '#lib/engine/history/history.js';
import { TooWideError } from '#lib/engine/history/past-reader.js';
import type { Owner } from '#lib/engine/model/aggregate.js';
import type { CommandClass } from '#lib/engine/model/message.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import { Turns } from '#lib/engine/ports/turns.js';
import { faultOf } from '#lib/engine/schema.js';
import { deciders } from '#lib/domain/deciders.js';
import { scopeOf } from '#lib/domain/roles.js';
import type { Settings } from '#lib/domain/settings.js';
import type { Supposed } from '#lib/histories/continuation.js';
import { whatIf, type Supposition } from '#lib/product/what-if/what-if.js';
import { rejected, type Action, type ActionOutcome, type AnyAction } from '../http/action.js';
import { momentOf, readAsOf } from '#lib/engine/history/as-of.js';
import { AskWhatIf, mostRows, type SupposedCommand } from './what-if-messages.js';

export interface WhatIfOptions {
  readonly history: History;
  readonly events: Pick<EventStore, 'isPosition'>;
  readonly settings: Settings;
}

const dayMs = 86_400_000;
/** How long it waits for the index of streams. */
const waitMs = 2_000;

const commands = new Map<string, CommandClass>(
  deciders.flatMap(({ handles }) =>
    handles.flatMap(({ command }): [string, CommandClass][] => (command.http ? [[command.type, command]] : [])),
  ),
);

/** What would happen if: decided by the real deciders and processes, and kept by nobody. */
export function whatIfActions({ history, events, settings }: WhatIfOptions): readonly AnyAction[] {
  // Thousands of events may be in memory for each.
  const turns = new Turns(1);
  const ask: Action<AskWhatIf> = {
    message: AskWhatIf,
    async run(message) {
      const from = await momentOf(message.asOf, history, (text) => events.isPosition(text));
      if ('fault' in from) return malformed('asOf', from.fault);
      const until = message.until === null ? null : readAsOf(message.until, () => false);
      if (message.until !== null && (until === null || !('instant' in until) || until.instant < from.now)) {
        return malformed('until', 'It must be an instant like 2026-03-01T12:00:00Z, not before the beginning.');
      }
      const supposed: Supposed[] = [];
      for (const [index, command] of message.commands.entries()) {
        const read = supposedOf(command, message.tenantId);
        if ('fault' in read) return malformed(`commands/${index}`, read.fault);
        supposed.push(read);
      }
      if (!(await history.reach(from.position, waitMs))) {
        return { kind: 'behind', position: history.indexed ?? from.position };
      }
      return turns.take(() =>
        answered(history, settings, {
          tenantId: message.tenantId,
          from,
          until: until !== null && 'instant' in until ? until.instant : null,
          settings: settingsOf(message),
          shrinkPolicy: message.shrinkPolicy,
          commands: supposed,
        }),
      );
    },
  };
  return [ask];
}

async function answered(history: History, settings: Settings, supposition: Supposition): Promise<ActionOutcome> {
  try {
    const found = await whatIf(history, settings, supposition);
    if (found === null) return { kind: 'notFound' };
    const { counts, seats, rights, refused, until } = found;
    if (Math.max(seats.length, rights.length) > mostRows) return tooWide(`It concerns more than ${mostRows} people.`);
    const { position, now } = supposition.from;
    return { kind: 'one', body: { position, from: now, until, counts, seats, rights, refused } };
  } catch (error) {
    if (error instanceof TooWideError) return tooWide(error.message);
    throw error;
  }
}

function settingsOf({ graceDays, conflictDays }: AskWhatIf): Supposition['settings'] {
  return {
    ...(graceDays !== null && { graceDays }),
    ...(conflictDays !== null && { licenseConflictMs: conflictDays * dayMs }),
  };
}

/** As if a key of that role had sent it. */
function supposedOf(
  { command: name, input, role, publisherId }: SupposedCommand,
  tenantId: string,
): Supposed | { readonly fault: string } {
  const command = commands.get(name);
  if (!command) return { fault: `There is no command ${name}.` };
  const fault = faultOf(command, input);
  if (fault !== null) return { fault };
  const actor = { kind: 'key', id: 'what-if', role, personId: null } as const;
  const scope = scopeOf(role);
  if (scope === 'publisher' && publisherId === null) return { fault: `${role} is of a publisher: say which.` };
  const ofPublisher: Owner = publisherId === null ? {} : { publisherId };
  const caller: Owner =
    scope === 'tenant' ? { tenantId } : scope === 'publisher' ? ofPublisher : { installation: true };
  return { command, input, actor, caller };
}

function malformed(parameter: string, detail: string): ActionOutcome {
  return { kind: 'malformed', parameter, detail };
}

function tooWide(detail: string): ActionOutcome {
  return rejected({ code: 'AS_OF_TOO_WIDE', detail, pointer: null });
}
