import type { Actor } from '../model/envelope.js';
import type { RecordChange, RecordRow, Records } from '../ports/records.js';

/** An event that a view leaves out until the skip is withdrawn: in every fold of it, live, anew or of the past. */
export interface Skip {
  /** `stream@revision`. */
  readonly event: string;
  readonly reason: string;
  readonly by: Actor;
  readonly at: string;
}

/** What operators decided about the documents of a view that wait behind events which could not be folded. */
export interface ParkedDecisions {
  /** How often they asked for everything that waits to be folded again. */
  readonly retries: number;
  readonly skips: readonly Skip[];
}

export interface StoredDecisions extends ParkedDecisions {
  /** Of the row. */
  readonly version: number | 'none';
}

const table = 'parked-decisions';
/** More than there are views. */
const mostViews = 1_000;
export const nothingDecided: ParkedDecisions = { retries: 0, skips: [] };

/** Of every view for which there are any. */
export async function allDecisions(records: Pick<Records, 'list'>): Promise<ReadonlyMap<string, ParkedDecisions>> {
  const rows = await records.list({ table, limit: mostViews });
  return new Map(rows.map((row) => [row.key, decisionsIn(row)]));
}

export async function decisionsOf(records: Pick<Records, 'get'>, view: string): Promise<StoredDecisions> {
  const row = await records.get(table, view);
  return row ? { ...decisionsIn(row), version: row.version } : { ...nothingDecided, version: 'none' };
}

/** Addresses of the events that a view leaves out. */
export async function skippedBy(records: Pick<Records, 'get'>, view: string): Promise<ReadonlySet<string>> {
  return addressesOf(await decisionsOf(records, view));
}

export function addressesOf({ skips }: Pick<ParkedDecisions, 'skips'>): ReadonlySet<string> {
  return new Set(skips.map(({ event }) => event));
}

/** Makes them so, if they are as they were read. */
export function decisionsChange(
  view: string,
  { version: expect, ...before }: StoredDecisions,
  changed: Partial<ParkedDecisions>,
): RecordChange {
  return { table, key: view, expect, value: { ...before, ...changed }, sort: view };
}

function decisionsIn({ value }: RecordRow): ParkedDecisions {
  return value as ParkedDecisions;
}
