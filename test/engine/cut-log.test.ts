import { EventCatalog } from '#lib/engine/catalog.js';
import { commandIdOf } from '#lib/engine/commands/call.js';
import { cutLog, type CutOptions } from '#lib/engine/cutting/cut-log.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { EventOf } from '#lib/engine/model/message.js';
import { Text } from '#lib/engine/model/shape.js';
import { clearTimer, issue, request, setTimer, type ProcessManager } from '#lib/engine/model/process.js';
import type { RecordRow } from '#lib/engine/ports/records.js';
import { callOfSystem, requestOrder, timerOrder } from '#lib/engine/processes/issuer.js';
import { recorded } from '../support/given.js';
import { positionOf, ReplayedLog } from '../history/replayed-log.js';
import { recordsInMemory } from '../support/records.js';
import { Remind } from './tally.js';

class Noted {
  static readonly type = 'Noted';
  static readonly v = 1;
  @Text() what!: string;
}

const dueAt = '2026-04-01T12:00:00.000Z';

/** Does what an event's text says. */
const doing: ProcessManager<EventOf<typeof Noted>> = {
  name: 'doing',
  startAt: 'beginning',
  on: {
    Noted({ data: { what }, stream }) {
      if (what === 'issue') return [issue(Remind, { name: stream })];
      if (what === 'set') return [setTimer(stream, dueAt, Remind, { name: stream })];
      if (what === 'clear') return [clearTimer(stream)];
      if (what === 'ask') return [request(stream, Noted, { what })];
      if (what === 'break') throw new Error('It cannot be handled.');
      return [];
    },
  },
};

/** `stream what`, in order; each by a command of its own, or as in `by`. */
function logOf(lines: readonly string[], by: Readonly<Record<number, Partial<Recorded['meta']>>> = {}): ReplayedLog {
  const revisions = new Map<string, number>();
  const events = lines.flatMap((line, index) => {
    const [stream = '', what = ''] = line.split(' ');
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    const [event] = recorded(stream, [{ type: 'Noted', data: { what } }], revision);
    if (!event) return [];
    const actor = { kind: 'key', id: 'k', role: 'counter', personId: null } as const;
    const own = { actor, commandId: `command-${index + 1}`, recordedAt: `2026-03-01T12:00:0${index}.000Z` };
    return [{ ...event, id: `event-${index + 1}`, meta: { ...event.meta, ...own, ...by[index + 1] } }];
  });
  return new ReplayedLog(events);
}

const bySystem = (id: string, causationId: string): Partial<Recorded['meta']> => ({
  actor: { kind: 'system', id, role: 'system', personId: null },
  $causationId: causationId,
});
const cause = { correlationId: 'x', causationId: 'x' };
const order = (nth: number) => ({ key: `event-${nth}/0` });
const idOf = ({ name, key }: { readonly name: string; readonly key: string }) =>
  commandIdOf(callOfSystem(name, key, cause));

type Row = readonly [table: string, key: string, value: object];

/** The rows that are left, and how many events, when the log is cut after the nth event. */
async function cut(log: ReplayedLog, nth: number, rows: readonly Row[], options: Partial<CutOptions> = {}) {
  const records = recordsInMemory();
  const place = { position: positionOf(log.events.length), appended: null };
  const all: readonly Row[] = [['processes', 'doing', place], ...rows];
  await records.transact(all.map(([table, key, value]) => ({ table, key, value, expect: 'none', sort: key })));
  const end = await cutLog({
    events: log,
    records,
    at: positionOf(nth),
    processes: [doing],
    catalog: new EventCatalog([Noted]),
    keeps: async () => true,
    signal: new AbortController().signal,
    ...options,
  });
  const left: RecordRow[] = [];
  for await (const page of end.records.snapshot()) left.push(...page);
  const { position } = left.find(({ table }) => table === 'processes')?.value as typeof place;
  const others = left.filter(({ table }) => table !== 'processes').map(({ table, key }) => `${table} ${key}`);
  expect(await end.events.head()).toBe(end.position);
  return { end: end.position, leftOut: end.eventsCutOff, goesOnAfter: position, others, left };
}

const waiting = (nth: number): object => ({
  process: 'doing',
  status: 'pending',
  attempts: 3,
  ...order(nth),
  cause: { correlationId: '', causationId: `event-${nth}` },
});

describe('a log that is cut', () => {
  it('§7 lets a process go on from the earliest event whose results are cut off', async () => {
    const log = logOf(['a issue', 'b x', 'c issue', 'd x', 'a x', 'c x'], {
      5: bySystem('doing', 'event-1'),
      6: bySystem('doing', 'event-3'),
    });
    expect(await cut(log, 6, [])).toMatchObject({ end: positionOf(6), leftOut: 0, goesOnAfter: positionOf(6) });
    expect(await cut(log, 5, [])).toMatchObject({ end: positionOf(5), leftOut: 1, goesOnAfter: positionOf(2) });
    expect(await cut(log, 4, [])).toMatchObject({ end: positionOf(4), leftOut: 2, goesOnAfter: positionOf(0) });
    const other = logOf(['a issue', 'a x'], { 2: bySystem('another', 'event-1') });
    expect(await cut(other, 1, [])).toMatchObject({ goesOnAfter: positionOf(1) });
  });

  it('keeps what one command appended as a whole or not at all', async () => {
    const together = { commandId: 'one' };
    const log = logOf(['a x', 'b x', 'b x', 'b x', 'c x'], { 2: together, 3: together, 4: together });
    expect(await cut(log, 3, [])).toMatchObject({ end: positionOf(1), leftOut: 4, goesOnAfter: positionOf(1) });
    expect(await cut(log, 4, [])).toMatchObject({ end: positionOf(4), leftOut: 1 });
    const halved = logOf(['a issue', 'a x', 'a x'], {
      2: { ...bySystem('doing', 'event-1'), ...together },
      3: { ...bySystem('doing', 'event-1'), ...together },
    });
    expect(await cut(halved, 2, [])).toMatchObject({ end: positionOf(1), leftOut: 2, goesOnAfter: positionOf(0) });
  });

  it('has the timers of then: those that were set, not cleared, and have not fired in what is left', async () => {
    const fired = {
      ...bySystem('doing.timer', 'event-1'),
      commandId: idOf(timerOrder('doing', { ...order(1), dueAt })),
    };
    const log = logOf(['a set', 'b set', 'c set', 'b clear', 'd x', 'a x', 'e set'], { 6: fired });
    const later: Row = ['timers', 'doing/e', {}];
    expect((await cut(log, 3, [later])).others).toEqual(['timers doing/a', 'timers doing/b', 'timers doing/c']);
    expect((await cut(log, 5, [later])).others).toEqual(['timers doing/a', 'timers doing/c']);
    const { left, others } = await cut(log, 6, [later]);
    expect(others).toEqual(['timers doing/c']);
    expect(left.at(-1)).toMatchObject({
      sort: dueAt,
      value: {
        process: 'doing',
        dueAt,
        type: 'Remind',
        input: { name: 'c' },
        ...order(3),
        cause: { causationId: 'event-3' },
      },
    });
  });

  it('has the requests of then: what has ended stays, what was forgotten or asked for again since is asked again', async () => {
    const concluded = { ...bySystem('doing.request', 'event-4'), commandId: idOf(requestOrder('doing', order(4))) };
    const log = logOf(['a ask', 'b ask', 'c ask', 'd ask', 'd x', 'b ask', 'e ask'], { 5: concluded });
    const ended: Row = ['requests', 'doing/a', { status: 'delivered', attempts: 1 }];
    const again: Row = ['requests', 'doing/b', waiting(6)];
    const later: Row = ['requests', 'doing/e', waiting(7)];
    const { others, left } = await cut(log, 5, [ended, again, later]);
    expect(others).toEqual(['requests doing/a', 'requests doing/b', 'requests doing/c']);
    expect(left.map(({ value }) => value)).toMatchObject([
      {},
      { status: 'delivered', attempts: 1 },
      { status: 'pending', attempts: 0, ...order(2) },
      { status: 'pending', attempts: 0, ...order(3) },
    ]);
    expect((await cut(log, 6, [again])).left.at(1)).toMatchObject({ value: waiting(6) });
    expect((await cut(log, 4, [])).others).toContain('requests doing/d');
  });

  it('lets events wait that waited then, and forgets refusals of what is cut off', async () => {
    const log = logOf(['a x', 'a break', 'a set', 'b x', 'a set', 'b x']);
    const parked: Row = ['processParked', 'doing/a', { process: 'doing', stream: 'a', first: 1, last: 3 }];
    const refused = (event: string): Row => ['processRefusals', event, { process: 'doing', event }];
    const rows = [parked, refused('b@0'), refused('b@1')];
    const { others, left, goesOnAfter } = await cut(log, 4, rows);
    expect(others).toEqual(['processParked doing/a', 'processRefusals b@0']);
    expect(left.find(({ table }) => table === 'processParked')?.value).toMatchObject({ first: 1, last: 2 });
    expect(goesOnAfter).toBe(positionOf(4));
    expect((await cut(log, 1, rows)).others).toEqual([]);
    // Nobody had come so far: it is parked when it is reached.
    expect(await cut(log, 4, [])).toMatchObject({ goesOnAfter: positionOf(1) });
  });

  it('asks whose they are about all other rows, and leaves out what tells of views', async () => {
    const rows: readonly Row[] = [
      ['keys', 'one', {}],
      ['operations', 'two', {}],
      ['rebuilds', 'three', {}],
      ['rebuilt-views', 'four', {}],
    ];
    const ends: object[] = [];
    const keeps: CutOptions['keeps'] = async ({ table }, end) => {
      ends.push(end);
      return table === 'keys';
    };
    expect((await cut(logOf(['a x', 'a x']), 1, rows, { keeps })).others).toEqual(['keys one']);
    const end = { position: positionOf(1), recordedAt: '2026-03-01T12:00:00.000Z' };
    expect(ends).toEqual([end, end]);
  });

  it('is refused where a process had a place that this build does not have', async () => {
    const unknown: Row = ['processes', 'of-tomorrow', { position: positionOf(1), appended: null }];
    await expect(cut(logOf(['a x']), 1, [unknown])).rejects.toThrow('The process of-tomorrow is of another build');
  });
});
