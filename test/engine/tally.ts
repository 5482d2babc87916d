import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import { event, type EventOf } from '#lib/engine/model/message.js';
import { issue, clearTimer, setTimer, type ProcessManager } from '#lib/engine/model/process.js';
import { projecting } from '#lib/engine/model/projection.js';
import { answering, ref, type View } from '#lib/engine/model/query.js';
import { Numeric, Text } from '#lib/engine/model/shape.js';
import type { Recorded } from '#lib/engine/model/envelope.js';

/** A small product to try the engine with: named tallies that are added to, and their sum. */

export class Add {
  static readonly type = 'Add';
  static readonly http = { route: 'POST /tallies/{name}/add', by: ['counter'], summary: 'Add.' } as const;
  static readonly settles = true;
  @Text() name!: string;
  @Numeric() amount!: number;
}

/** Needs the revision, and refuses odd amounts with a code. */
export class Correct {
  static readonly type = 'Correct';
  static readonly http = {
    route: 'POST /tallies/{name}/correct',
    by: ['counter'],
    summary: 'Correct.',
    revision: 'required',
  } as const;
  @Text() name!: string;
  @Numeric() to!: number;
}

/** Writes as many events, or as long ones, as it is told. */
export class Flood {
  static readonly type = 'Flood';
  @Text() name!: string;
  @Numeric() events!: number;
  @Numeric() bytes!: number;
}

/** What the process `totals` asks for: a tally's total, absolute, with the revision that it comes from. */
export class NoteTotal {
  static readonly type = 'NoteTotal';
  @Text() group!: string;
  @Text() name!: string;
  @Numeric() total!: number;
  @Numeric() sourceRevision!: number;
}

export class Remind {
  static readonly type = 'Remind';
  @Text() name!: string;
}

export class Added {
  static readonly type = 'Added';
  static readonly v = 1;
  @Text() name!: string;
  @Text() owner!: string;
  @Numeric() amount!: number;
  @Numeric() total!: number;
}

export class Padded {
  static readonly type = 'Padded';
  static readonly v = 1;
  @Text({ maxLength: 2_000_000 }) padding!: string;
}

export class Reminded {
  static readonly type = 'Reminded';
  static readonly v = 1;
  @Text() name!: string;
}

export class TotalNoted {
  static readonly type = 'TotalNoted';
  static readonly v = 1;
  @Text() group!: string;
  @Text() name!: string;
  @Numeric() total!: number;
  @Numeric() sourceRevision!: number;
}

export const tallyEvents = [Added, Padded, Reminded, TotalNoted] as const;
export type TallyEvent = EventOf<(typeof tallyEvents)[number]>;

interface Tally {
  readonly owner: string | null;
  readonly total: number;
  readonly reminders: number;
}

const handle = handling<Tally, TallyEvent, object>();

export const tally: Decider<Tally> = {
  category: 'tally',
  events: [Added, Padded, Reminded],
  initial: () => ({ owner: null, total: 0, reminders: 0 }),
  evolve(state, { type, data }: Recorded<TallyEvent>) {
    if (type === 'Added') return { ...state, owner: data.owner, total: data.total };
    return type === 'Reminded' ? { ...state, reminders: state.reminders + 1 } : state;
  },
  owner: (state) => (state.owner === null ? null : { publisherId: state.owner }),
  handles: [
    handle({
      command: Add,
      creates: true,
      stream: ({ name }) => `tally-${name}`,
      decide({ owner, total }, { name, amount }, { caller }) {
        if (amount === 0) return [];
        if (amount < 0) return { rejected: [{ code: 'NEGATIVE', detail: 'Only up.', pointer: '/amount' }] };
        const added = { name, owner: owner ?? caller.publisherId ?? 'nobody', amount, total: total + amount };
        return [event(Added, added)];
      },
      answer: (events) => ({ amounts: events.map(({ data }) => ('amount' in data ? data.amount : null)) }),
    }),
    handle({
      command: Correct,
      stream: ({ name }) => `tally-${name}`,
      decide: ({ owner, total }, { name, to }) =>
        to === total ? [] : [event(Added, { name, owner: owner ?? '', amount: to - total, total: to })],
    }),
    handle({
      command: Flood,
      creates: true,
      stream: ({ name }) => `tally-${name}`,
      decide: (_state, { events, bytes }) =>
        Array.from({ length: events }, () => event(Padded, { padding: 'x'.repeat(bytes) })),
    }),
    handle({
      command: Remind,
      stream: ({ name }) => `tally-${name}`,
      decide: (state, { name }) => (state.reminders > 0 ? [] : [event(Reminded, { name })]),
    }),
  ],
};

/** Totals of a group of tallies; keeps the source's revision, so that repeated or late news change nothing. */
type Group = Map<string, { total: number; revision: number }>;
const handleGroup = handling<Group, TallyEvent, object>();

export const group: Decider<Group> = {
  category: 'group',
  events: [TotalNoted],
  initial: () => new Map(),
  evolve(state, { type, data }: Recorded<TallyEvent>) {
    if (type === 'TotalNoted') state.set(data.name, { total: data.total, revision: data.sourceRevision });
    return state;
  },
  owner: () => ({ installation: true }),
  handles: [
    handleGroup({
      command: NoteTotal,
      creates: true,
      stream: (command) => `group-${command.group}`,
      decide: (state, { name, total, sourceRevision, ...command }) =>
        (state.get(name)?.revision ?? -1) >= sourceRevision
          ? []
          : [event(TotalNoted, { group: command.group, name, total, sourceRevision })],
    }),
  ],
};

const groupOf = (name: string): string => name.split('_')[0] ?? name;

/** Passes each tally's total on to its group, and has tallies reminded a minute after their last addition. */
export const totals: ProcessManager<TallyEvent> = {
  name: 'totals',
  startAt: 'beginning',
  on: {
    Added: ({ data: { name, total }, revision, meta }) => [
      issue(NoteTotal, { group: groupOf(name), name, total, sourceRevision: revision }),
      total >= 1000
        ? clearTimer(name)
        : setTimer(name, new Date(Date.parse(meta.occurredAt) + 60_000).toISOString(), Remind, { name }),
    ],
  },
};

interface Kinds {
  tally: { name: string; total: number; additions: number; revision: number };
  group: { group: string; members: Record<string, number>; sum: number };
}

export const tallyProjection = projecting<TallyEvent>()<Kinds>({
  name: 'tallies',
  version: 1,
  kinds: { tally: { fields: { total: 'number' }, indexes: [['total']] }, group: {} },
  on: {
    Added: ({ data }) => [['tally', data.name]],
    TotalNoted: ({ data }) => [['group', data.group]],
  },
  fold(event, docs) {
    if (event.type === 'Added') {
      const { name, total, amount } = event.data;
      if (amount === poison.amount) throw new Error(poison.message);
      const additions = (docs.get('tally', name)?.additions ?? 0) + 1;
      docs.put('tally', name, { name, total, additions, revision: event.revision });
    } else if (event.type === 'TotalNoted') {
      const { group, name, total } = event.data;
      const members = { ...docs.get('group', group)?.members, [name]: total };
      const sum = Object.values(members).reduce((all, one) => all + one, 0);
      docs.put('group', group, { group, members, sum });
    }
  },
});

/** An amount that the view cannot fold, while a test wants it so. */
export const poison = { amount: Number.NaN, message: 'poisoned' };

export class TallyShown {
  static readonly type = 'TallyShown';
  @Text() name!: string;
  @Numeric() total!: number;
  @Numeric() sum!: number;
}

export class ShowTally {
  static readonly type = 'ShowTally';
  static readonly http = { route: 'GET /tallies/{name}', by: ['counter'], summary: 'Show.' } as const;
  static readonly answers = TallyShown;
  @Text() name!: string;
}

export class ListTallies {
  static readonly type = 'ListTallies';
  static readonly http = { route: 'GET /tallies', by: ['counter'], summary: 'List.' } as const;
  static readonly answers = TallyShown;
}

const answer = answering<object>();

export const tallyView: View = {
  projection: tallyProjection,
  queries: [
    answer.one({
      query: ShowTally,
      rounds: [
        ({ name }: ShowTally) => [ref(tallyProjection, 'tally', name)],
        ({ name }: ShowTally) => [ref(tallyProjection, 'group', groupOf(name))],
      ],
      compose({ name }: ShowTally, docs) {
        const shown = docs.get(ref(tallyProjection, 'tally', name));
        const sum = docs.get(ref(tallyProjection, 'group', groupOf(name)))?.sum ?? 0;
        return shown ? { ...shown, sum } : null;
      },
    }),
    answer.list({
      query: ListTallies,
      find: () => ({ view: tallyProjection, kind: 'tally', where: {}, orderBy: 'total' }),
      compose: (row: Kinds['tally']) => row,
      filters: ['total'],
    }),
  ],
};
