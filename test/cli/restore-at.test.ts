import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { backupFolder } from '#lib/adapters/sqlite/backup.js';
import { lookInto } from '#lib/adapters/sqlite/database.js';
import { canonicalJson } from '#lib/engine/model/canonical.js';
import { sha256 } from '#lib/engine/sha256.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { timersTable } from '#lib/engine/processes/timers.js';
import { Digest } from '#lib/engine/projecting/digest.js';
import type { RecordLine } from '#lib/engine/transfer/format.js';
import { Chance } from '#lib/histories/chance.js';
import { History } from '#lib/histories/history.js';
import { readConfig } from '#lib/product/config/config.js';
import { projections } from '#lib/product/registries.js';
import { startServer } from '../../apps/server/server.js';
import { ManualClock } from '../support/clock.js';
import { fold } from '../support/fold.js';
import { fromSource } from '../support/from-source.js';
import { digestsOf } from '../support/same-digests.js';
import { send } from '../support/http.js';
import { newFolder } from '../support/sqlite.js';
import { withStores } from '../support/stores.js';
import { contentOf } from '../transfer/copies.js';
import { seatledger } from './terminal.js';

/** `RESTORE_SEED` repeats a run, with the seed that it printed. */
const seed = Number(process.env['RESTORE_SEED'] ?? Date.now() % 2 ** 31);
const cuts = Number(process.env['RESTORE_CUTS'] ?? 8);
const size = 3_000;

/** As the history's own installation is set. */
const settings = {
  SEATLEDGER_LOG_LEVEL: 'silent',
  SEATLEDGER_GO_LIVE_AFTER: '4h',
  SEATLEDGER_GO_LIVE_WINDOW: '6h',
  SEATLEDGER_STOP_DISTRIBUTION_AFTER: '4h',
  SEATLEDGER_GRACE_DAYS: '30',
  SEATLEDGER_AUTO_CERTIFY: 'off',
  SEATLEDGER_CHECK_PACKAGE_URL: 'off',
  PORT: '0',
} as const;
const configOf = (data: string) => readConfig({ ...settings, SEATLEDGER_DATA: data });

interface Rest {
  /** Events until then. */
  readonly count: number;
  readonly timers: readonly RecordLine[];
}

/** A whole history, and the timers that wait at each moment at which nothing follows by itself any more. */
function made(): { readonly log: readonly Recorded[]; readonly rests: readonly Rest[] } {
  const history = new History({ seed, events: size });
  const log: Recorded[] = [];
  const rests: Rest[] = [];
  for (const turn of history.turns()) {
    log.push(...turn);
    rests.push({ count: log.length, timers: [...history.records()].filter(({ table }) => table === timersTable) });
  }
  return { log, rests };
}

interface Cut {
  readonly at: number;
  /** Events that stay: the half of what a command appended does not. */
  readonly kept: number;
  /** What is there again when everything has followed that follows by itself at the same instant. */
  readonly rest: Rest;
}

/** Half of them between a command and what follows from it. Null: there, nobody could tell what is right. */
function drawnCut({ log, rests }: ReturnType<typeof made>, chance: Chance): Cut | null {
  const isSystems = (event: Recorded | undefined): boolean => event?.meta.actor.kind === 'system';
  const after = log.flatMap((event, index) => (isSystems(event) && index > 0 ? [index] : []));
  const at = chance.is(50) ? (chance.oneOf(after) ?? 1) : chance.between(1, log.length);
  let kept = at;
  while (kept > 0 && kept < log.length && log[kept]?.meta.commandId === log[kept - 1]?.meta.commandId) kept -= 1;
  const now = log[kept - 1]?.meta.recordedAt;
  let end = kept;
  while (isSystems(log[end]) && log[end]?.meta.recordedAt === now) end += 1;
  const rest = rests.findLast(({ count }) => count === end);
  return rest && now !== undefined && log[end]?.meta.recordedAt !== now ? { at, kept, rest } : null;
}

/** Rows of timers that are due. */
function dueIn(folder: string, now: string): number {
  const file = join(folder, 'records.db');
  const sql = 'SELECT count(*) FROM records WHERE "table" = ? AND sort <= ?';
  return Number(lookInto(file, (db) => db.sql(sql).get(timersTable, now))?.[0]);
}

/** Lets a server catch up, at the instant where the log ends. */
async function caughtUp(data: string, now: string): Promise<void> {
  const outgoing = async () => ({ kind: 'answered', status: 204, body: '' }) as const;
  const server = await startServer(configOf(data), { clock: new ManualClock(now), outgoing, execArgv: fromSource });
  try {
    while ((await fetch(`${server.address}/health/ready`)).status !== 200);
    while (dueIn(data, now) > 0) await pause(20);
    while (await isBehind(server.address, server.firstKey ?? '')) await pause(20);
  } finally {
    await server.close();
  }
}

async function isBehind(address: string, key: string): Promise<boolean> {
  const { body } = await send('GET', `${address}/v1/projections`, { key });
  return body.rows.some(({ lagEvents }: { readonly lagEvents: number }) => lagEvents > 0);
}

/** What every view comes to, document by document. */
function naiveDigests(log: readonly Recorded[]) {
  const rows = projections.map((projection) => {
    const digest = new Digest();
    for (const [id, doc] of Object.entries(fold(projection, log, (value) => value))) {
      const kind = id.slice(0, id.indexOf('/'));
      digest.replace(null, sha256(`${kind}\n${id.slice(kind.length + 1)}\n${canonicalJson(doc)}`));
    }
    return [projection.name, { digest: digest.hex, count: digest.count }] as const;
  });
  return Object.fromEntries(rows);
}

const byStream = (log: readonly Recorded[]) =>
  log
    .map(({ stream, revision, id, type, data, meta: { recordedAt, commandId } }) => {
      return { stream, revision, id, type, data, recordedAt, commandId };
    })
    .sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.revision - b.revision));
const timersIn = (rows: readonly (Pick<RecordLine, 'table' | 'key' | 'sort'> & { readonly value: unknown })[]) =>
  rows
    .filter(({ table }) => table === timersTable)
    .map(({ key, sort, value }) => ({ key, sort, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));

describe(`seatledger restore --at (seed ${seed})`, () => {
  it(`at ${cuts} places: what was cut off follows again once, and views and timers are those of then`, async () => {
    const history = made();
    const { log } = history;
    const [original, backup] = [newFolder(), newFolder()];
    const args = ['generate', '--events', String(size), '--seed', String(seed)];
    expect(await seatledger(args, { environment: { SEATLEDGER_DATA: original } })).toMatchObject({ code: 0 });
    await backupFolder(original, backup, '2026-03-01T12:00:00.000Z', {
      progress: () => undefined,
      signal: new AbortController().signal,
    });
    const positions = await withStores(configOf(backup), async ({ events }) => {
      const found: string[] = [];
      for await (const page of events.follow(null, new AbortController().signal)) {
        found.push(...page.events.map(({ position }) => position));
        if (page.atHead) break;
      }
      return found;
    });
    const chance = new Chance(seed);
    for (let count = 0; count < cuts;) {
      const cut = drawnCut(history, chance);
      if (!cut) continue;
      count += 1;
      const { at, kept, rest } = cut;
      const data = join(newFolder(), 'then');
      const restoring = ['restore', backup, '--to', data, '--at', positions[at - 1] ?? '', '--json'];
      const { code, stdout, stderr } = await seatledger(restoring, { environment: settings });
      expect([code, stderr]).toEqual([0, '']);
      const now = log.slice(0, kept).at(-1)?.meta.recordedAt ?? '';
      const told = { events: kept, eventsLeftOut: log.length - kept, recordedAt: now, position: positions[kept - 1] };
      expect(JSON.parse(stdout)).toMatchObject(told);
      await caughtUp(data, now);
      await withStores(configOf(data), async (stores) => {
        const { events, records } = await contentOf(stores);
        expect({ at, events: events.slice(0, kept) }).toEqual({ at, events: log.slice(0, kept) });
        expect({ at, log: byStream(events) }).toEqual({ at, log: byStream(log.slice(0, rest.count)) });
        expect({ at, timers: timersIn(records) }).toEqual({ at, timers: timersIn(rest.timers) });
        const digests = Object.entries(await digestsOf(stores.views));
        const shown = digests.map(([name, found]) => [name, { digest: found?.digest, count: found?.count }]);
        expect({ at, shown: Object.fromEntries(shown) }).toEqual({ at, shown: naiveDigests(events) });
      });
    }
  }, 600_000);
});
