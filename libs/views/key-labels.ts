import { recordRef, type RecordRef } from '#lib/engine/model/query.js';

/** Where API keys lie in the records. */
export const keyTable = 'keys';

/** What whoever gave a key wrote on it, as the records have it now. */
export function keyLabel(keyId: string): RecordRef<{ readonly label: string }> {
  return recordRef(keyTable, keyId);
}
