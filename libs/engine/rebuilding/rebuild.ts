import type { Actor } from '../model/envelope.js';
import type { RecordChange, RecordRow, Records } from '../ports/records.js';
import type { ViewVersion } from '../ports/view-store.js';
import type { Difference } from './differences.js';
import { rebuildsTable as table, rebuiltViewsTable as claimsTable } from './tables.js';
import { verifiedChanges } from './verified.js';

/**
 * `running`: built, compared, and switched to where that was asked for and nothing differs. `ready`: compared, and what
 * is not switched to waits for somebody to decide. `switched`: the way back is open. Those on `-ing` end by themselves.
 */
export const rebuildStatuses = [
  'running',
  'paused',
  'ready',
  'switching',
  'switched',
  'finishing',
  'rollingBack',
  'canceling',
  'done',
  'rolledBack',
  'canceled',
] as const;
export type RebuildStatus = (typeof rebuildStatuses)[number];

/**
 * Reads move to a new build as soon as it is equal to the live one; when somebody says so; as soon as it is as far, since
 * it is known that it comes out otherwise; or never: it is only compared.
 */
export const switchings = ['whenEqual', 'byHand', 'anyhow', 'never'] as const;
export type Switching = (typeof switchings)[number];

/** What became of one view's new build: `equal` and `different` as it was compared with the live one at one position. */
export const buildSteps = ['building', 'equal', 'different', 'live'] as const;
export type BuildStep = (typeof buildSteps)[number];

export interface RebuiltView extends ViewVersion {
  /** The build that was live when it began, and the new one. */
  readonly before: number;
  readonly build: number;
  readonly step: BuildStep;
  /** The first of those documents that differ. */
  readonly differences: readonly Difference[];
}

/** Views that are built anew, beside those that are read meanwhile. */
export interface Rebuild {
  readonly id: string;
  readonly status: RebuildStatus;
  readonly views: readonly RebuiltView[];
  readonly switching: Switching;
  readonly startedBy: Actor;
  readonly startedAt: string;
  readonly switchedAt: string | null;
  readonly endedAt: string | null;
  /** How far the slowest was when it was last looked at, and how fast it went since the time before; null: not known. */
  readonly pace: { readonly at: string; readonly seen: number; readonly perSecond: number | null } | null;
}

/** What can be asked of a rebuild, and in which statuses; what it is in afterwards. */
export const rebuildActs = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['running', 'paused', 'ready', 'switching'], to: 'canceling' },
  switch: { from: ['ready'], to: 'switching' },
  rollBack: { from: ['switched'], to: 'rollingBack' },
  finish: { from: ['switched'], to: 'finishing' },
} as const satisfies Record<string, { readonly from: readonly RebuildStatus[]; readonly to: RebuildStatus }>;
export type RebuildAct = keyof typeof rebuildActs;

/** Acts that a rebuild allows in its status. */
export function actsOf({ status }: Rebuild): readonly RebuildAct[] {
  const acts = Object.entries(rebuildActs) as [RebuildAct, { readonly from: readonly RebuildStatus[] }][];
  return acts.filter(([, { from }]) => from.includes(status)).map(([act]) => act);
}

/** Whose a view is while it is built anew, and the highest number that a build of it had: none is given twice. */
interface Claim {
  readonly rebuild: string | null;
  readonly lastBuild: number;
}

export interface StoredClaim extends Claim {
  readonly version: number | 'none';
}

export interface StoredRebuild {
  readonly rebuild: Rebuild;
  readonly version: number;
}

/** More than can be under way at once: each has a view for itself. */
const most = 1_000;

/** Those under way. */
export async function activeRebuilds(records: Pick<Records, 'list'>): Promise<readonly StoredRebuild[]> {
  return (await records.list({ table, after: 'active', upTo: 'active/~', limit: most })).map(storedIn);
}

/** Rebuilds in the records: those under way listed before those that have ended. */
export class RebuildRecords {
  constructor(private readonly records: Records) {}

  async find(id: string): Promise<StoredRebuild | null> {
    const row = await this.records.get(table, id);
    return row && storedIn(row);
  }

  active(): Promise<readonly StoredRebuild[]> {
    return activeRebuilds(this.records);
  }

  async claimOf(view: string): Promise<StoredClaim> {
    const row = await this.records.get(claimsTable, view);
    return row ? { ...(row.value as Claim), version: row.version } : { rebuild: null, lastBuild: 1, version: 'none' };
  }

  /** False if a claim on one of its views, or what is to change together with it, is not as it was read. */
  async begin(
    rebuild: Rebuild,
    claims: ReadonlyMap<string, StoredClaim>,
    together: readonly RecordChange[],
  ): Promise<boolean> {
    const changes = rebuild.views.map(({ view, build }): RecordChange => {
      const value: Claim = { rebuild: rebuild.id, lastBuild: build };
      return { table: claimsTable, key: view, expect: claims.get(view)?.version ?? 'none', value };
    });
    return (await this.records.transact([{ ...changeOf(rebuild), expect: 'none' }, ...changes, ...together])).ok;
  }

  /** False if it is not as it was read. What has ended leaves its views to others. */
  async save(rebuild: Rebuild, expect: number): Promise<boolean> {
    const ended = rebuild.endedAt === null ? [] : rebuild.views;
    const claims = ended.map(({ view: key, build }): RecordChange => {
      const value: Claim = { rebuild: null, lastBuild: build };
      return { table: claimsTable, key, expect: 'any', value };
    });
    const verified = verifiedChanges(rebuild);
    return (await this.records.transact([{ ...changeOf(rebuild), expect }, ...claims, ...verified])).ok;
  }

  async forgetEndedBefore(instant: string, limit: number): Promise<void> {
    const rows = await this.records.list({ table, after: 'ended', upTo: `ended/${instant}`, limit });
    await this.records.transact(rows.map(({ key }) => ({ table, key, expect: 'any', value: null })));
  }
}

function changeOf(rebuild: Rebuild): RecordChange {
  const { id: key, endedAt, startedAt } = rebuild;
  const sort = endedAt === null ? `active/${startedAt}` : `ended/${endedAt}`;
  return { table, key, expect: 'any', value: rebuild, sort };
}

function storedIn({ value, version }: RecordRow): StoredRebuild {
  return { rebuild: value as Rebuild, version };
}
