import { valueAt, type RecordChange, type Records } from '../ports/records.js';
import type { Position } from '../ports/event-store.js';
import { TransferError, type Header, type Origin } from './format.js';

/** Where a store notes what was brought into it. Never exported. */
const address = { table: 'transfer', key: 'import' } as const;

export const transferTable = address.table;

/** An import that was begun. While it is not done, nothing else may use the store. */
export interface ImportMark extends Pick<Header, 'id' | 'logId'> {
  readonly origin: Origin;
  readonly isDone: boolean;
  /** A position of the target's log before every event. */
  readonly before: Position;
}

export async function importMark(records: Pick<Records, 'get'>): Promise<ImportMark | null> {
  return (await valueAt<ImportMark>(records, address)) ?? null;
}

export function markChange(mark: ImportMark, expect: RecordChange['expect']): RecordChange {
  return { ...address, expect, value: mark };
}

/**
 * To be called before anything else uses the stores: processes that start on half a history would act on it. Throws
 * TransferError.
 */
export async function requireWholeImport(records: Pick<Records, 'get'>): Promise<void> {
  const mark = await importMark(records);
  if (!mark || mark.isDone) return;
  throw new TransferError(`The import of ${mark.origin.name} was begun here and has not ended. ${mark.origin.goOn}`);
}
