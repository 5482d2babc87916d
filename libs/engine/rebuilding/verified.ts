import type { RecordChange, Records } from '../ports/records.js';
import { verifiedTable } from './tables.js';

/** What came of it when a view was last folded anew to be compared with what is read. */
export interface Verified {
  readonly at: string;
  /** The rebuild that did it. */
  readonly operation: string;
  readonly isEqual: boolean;
  /** Documents that differ, as far as they were counted. */
  readonly differences: number;
}

/** More than there are views. */
const most = 1_000;

/** By view; one that was never verified, or was built anew since, is not there. */
export async function allVerified(records: Pick<Records, 'list'>): Promise<ReadonlyMap<string, Verified>> {
  const rows = await records.list({ table: verifiedTable, limit: most });
  return new Map(rows.map(({ key, value }) => [key, value as Verified]));
}

/** Of a rebuild, what is told of its views when it ends. */
interface Ended {
  readonly id: string;
  readonly status: string;
  readonly switching: string;
  readonly endedAt: string | null;
  readonly views: readonly { readonly view: string; readonly step: string; readonly differences: readonly object[] }[];
}

/** What a rebuild that ends says of its views; nothing while it goes on. */
export function verifiedChanges({ id, status, switching, views, endedAt }: Ended): readonly RecordChange[] {
  if (status !== 'done' || endedAt === null) return [];
  return views.map(({ view: key, step, differences }) => {
    const verified: Verified = {
      at: endedAt,
      operation: id,
      isEqual: step === 'equal',
      differences: differences.length,
    };
    const value = switching === 'never' ? verified : null;
    return { table: verifiedTable, key, expect: 'any', value, sort: key };
  });
}
