import { recordRef, type RecordRef } from '#lib/engine/model/query.js';
import type { RecordPut } from '#lib/engine/model/record.js';

/** Where a publisher's leads are sent, and the secret that they are signed with: in the records alone (R44). */
export interface DestinationRecord {
  readonly url: string;
  readonly secret: string;
}

export function destinationRecord(publisherId: string): RecordRef<DestinationRecord> {
  return recordRef('lead-destinations', publisherId);
}

/** The row of a publisher's destination; it replaces the one before. */
export function destinationPut(publisherId: string, value: DestinationRecord): RecordPut {
  const { table, key } = destinationRecord(publisherId);
  return { table, key, value, sort: null };
}
