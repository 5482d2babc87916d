/**
 * A thread with little memory that exports a long made-up log and imports what comes of it, without keeping either.
 * Answers how many events went through.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Readable } from 'node:stream';
import type { EventStore, StoredEvent } from '#lib/engine/ports/event-store.js';
import type { RecordRow, Records } from '#lib/engine/ports/records.js';
import { openExport } from '#lib/engine/transfer/export-file.js';
import { exportLog } from '#lib/engine/transfer/export-log.js';
import { importLog } from '#lib/engine/transfer/import-log.js';
import { envelope } from '../contract/events.js';

const count = workerData as number;
const schema = { ThingHappened: 1 };
const never = new AbortController().signal;
const positionOf = (n: number) => `log.${String(n).padStart(20, '0')}`;
const absent = (): never => {
  throw new Error('not asked for');
};

/** The nth of all events; each stream has ten. */
function eventAt(n: number): StoredEvent {
  const stream = `thing-${Math.floor((n - 1) / 10)}`;
  const meta = { ...envelope(), commandId: `command-${n}` };
  const data = { n, text: 'x'.repeat(400) };
  return {
    id: `event-${n}`,
    type: 'ThingHappened',
    data,
    stream,
    revision: (n - 1) % 10,
    meta,
    position: positionOf(n),
  };
}

const port = {
  logId: 'log',
  beginning: `log.${'0'.repeat(20)}`,
  isPosition: (text: string) => /^log[.]\d{20}$/.test(text),
  existing: absent,
  read: absent,
};

const source: EventStore = {
  ...port,
  append: absent,
  close: async () => undefined,
  head: async () => positionOf(count),
  async *follow() {
    for (let from = 1; from <= count; from += 1_000) {
      const events = Array.from({ length: Math.min(1_000, count + 1 - from) }, (_, index) => eventAt(from + index));
      yield { events, upTo: events.at(-1)?.position ?? '', atHead: false };
    }
  },
};

let appended = 0;
const target: EventStore = {
  ...source,
  head: async () => positionOf(appended),
  async append(stream, expected, events) {
    const next = eventAt(appended + 1);
    const isNext = next.stream === stream && next.revision === (expected === 'none' ? 0 : expected + 1);
    if (!isNext || events[0]?.id !== next.id) throw new Error(`Event ${appended + 1} came out of order.`);
    appended += events.length;
    return { ok: true, revision: next.revision, position: positionOf(appended) };
  },
  async *follow() {
    yield { events: [], upTo: positionOf(appended), atHead: true };
  },
};

function recordsOf(rows: number): Records {
  const kept = new Map<string, RecordRow>();
  const rowAt = (n: number): RecordRow => {
    return { table: 'people', key: `p${n}`, version: 1, sort: `p${n}`, value: { name: 'x'.repeat(400) } };
  };
  return {
    list: absent,
    erase: absent,
    close: async () => undefined,
    get: async (table, key) => kept.get(`${table}/${key}`) ?? null,
    async *snapshot() {
      for (let from = 0; from < rows; from += 200) yield Array.from({ length: 200 }, (_, n) => rowAt(from + n));
    },
    async transact(changes) {
      for (const { table, key, value } of changes) {
        if (table === 'transfer' && value) kept.set(`${table}/${key}`, { table, key, version: 1, sort: null, value });
      }
      return { ok: true };
    },
  };
}

const shared = { schema, progress: () => undefined, signal: never };
const text = exportLog({ ...shared, events: source, records: recordsOf(count / 10), exportedAt: 'now' });
const file = await openExport(Readable.from(text, { objectMode: false }));
parentPort?.postMessage(await importLog(file, { ...shared, events: target, records: recordsOf(0) }));
