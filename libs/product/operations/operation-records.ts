import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Bulk } from '#lib/engine/model/message.js';
import type { Actor } from '#lib/engine/model/envelope.js';
import { FencedError } from '#lib/engine/ports/leases.js';
import type { RecordChange, RecordRow, Records } from '#lib/engine/ports/records.js';
import type { SeatRow } from '#lib/domain/seat-pool/messages.js';

export const operationStatuses = ['running', 'done', 'failed', 'canceled'] as const;
export type OperationStatus = (typeof operationStatuses)[number];

/** Operations that may be under way. */
export const mostRunning = 100;

/** An operation as it is kept. What it works on and what came of each part lie in rows of their own: they are large. */
export interface OperationRecord {
  readonly id: string;
  /** Stored name of the command that is carried out in parts. */
  readonly command: string;
  readonly commandHash: string;
  readonly startedBy: Actor;
  readonly caller: Owner;
  readonly traceparent: string | null;
  readonly status: OperationStatus;
  /** Entries of the command's list. */
  readonly total: number;
  readonly done: number;
  readonly parts: number;
  readonly partsDone: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly position: string | null;
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

/** An operation in the hands of the one who carries it out. */
export interface RunningOperation {
  readonly operation: OperationRecord;
  /** Of its row: if that has changed, somebody else carries it out by now. */
  readonly version: number;
}

const tables = {
  operations: 'operations',
  inputs: 'operation-inputs',
  rows: 'operation-rows',
  /** Those that are to end before their next part. */
  cancels: 'operation-cancels',
} as const;
/** What ended is listed by when it did, before what runs. */
const listedBy = ({ endedAt, startedAt }: OperationRecord): string =>
  endedAt === null ? `running/${startedAt}` : `ended/${endedAt}`;
const partKey = (id: string, part: number): string => `${id}/${String(part).padStart(4, '0')}`;

/**
 * Whether a row belongs to a log that ends there; rows that are no operation's always do. An operation that had not
 * ended by then is forgotten: asked for again with the same key, its parts are recognised, and the others carried out.
 */
export async function belongsTo(
  { position: end, recordedAt }: { readonly position: string; readonly recordedAt: string | null },
  { table, key }: Pick<RecordRow, 'table' | 'key'>,
  records: Pick<Records, 'get'>,
): Promise<boolean> {
  if (!Object.values<string>(tables).includes(table)) return true;
  const row = await records.get(tables.operations, key.split('/', 1)[0] ?? '');
  if (!row) return false;
  const { endedAt, position } = operationOf(row);
  const hadEnded = endedAt !== null && recordedAt !== null && endedAt <= recordedAt;
  return hadEnded && (position === null || position <= end);
}

/** Operations in the records. */
export class OperationRecords {
  constructor(private readonly records: Records) {}

  async find(id: string): Promise<OperationRecord | null> {
    const row = await this.records.get(tables.operations, id);
    return row && operationOf(row);
  }

  /** False if it was begun already. */
  async begin(operation: OperationRecord, input: object): Promise<boolean> {
    const { ok } = await this.records.transact([
      { ...changeOf(operation), expect: 'none' },
      { table: tables.inputs, key: operation.id, expect: 'none', value: input },
    ]);
    return ok;
  }

  async inputOf({ id }: OperationRecord): Promise<object> {
    const row = await this.records.get(tables.inputs, id);
    if (!row) throw new Error(`The input of operation ${id} is missing.`);
    return row.value;
  }

  /** Asks whoever carries it out to end before the next part. */
  async askToCancel({ id }: OperationRecord): Promise<void> {
    await this.records.transact([{ table: tables.cancels, key: id, expect: 'any', value: {} }]);
  }

  async isToBeCanceled({ id }: OperationRecord): Promise<boolean> {
    return (await this.records.get(tables.cancels, id)) !== null;
  }

  /** Notes what came of a part together with how far the operation is. Throws FencedError if somebody else did. */
  async partDone(
    { operation: { id, partsDone: part }, version }: RunningOperation,
    operation: OperationRecord,
    rows: readonly SeatRow[],
  ): Promise<RunningOperation> {
    await this.#change({ ...changeOf(operation), expect: version }, [
      { table: tables.rows, key: partKey(id, part), expect: 'any', value: { rows } },
    ]);
    return { operation, version: version + 1 };
  }

  /** What it worked on is of no use any more. Throws FencedError if somebody else ended it. */
  async end({ version }: RunningOperation, operation: OperationRecord): Promise<void> {
    await this.#change({ ...changeOf(operation), expect: version }, [
      { table: tables.inputs, key: operation.id, expect: 'any', value: null },
      { table: tables.cancels, key: operation.id, expect: 'any', value: null },
    ]);
  }

  async #change(change: RecordChange, others: readonly RecordChange[]): Promise<void> {
    const { ok } = await this.records.transact([change, ...others]);
    if (!ok) throw new FencedError(`Operation ${change.key} is carried out by somebody else.`);
  }

  async rowsOf({ id, partsDone }: OperationRecord): Promise<SeatRow[]> {
    const rows: SeatRow[] = [];
    for (let part = 0; part < partsDone; part += 1) {
      const row = await this.records.get(tables.rows, partKey(id, part));
      if (row) rows.push(...(row.value as { rows: SeatRow[] }).rows);
    }
    return rows;
  }

  /** The first `limit` of those under way, the oldest first. */
  async running(limit: number): Promise<readonly RunningOperation[]> {
    const rows = await this.records.list({ table: tables.operations, after: 'running/', limit });
    return rows.map((row) => ({ operation: operationOf(row), version: row.version }));
  }

  /** Forgets some of those that ended before an instant. */
  async forgetEndedBefore(instant: string, limit: number): Promise<void> {
    const rows = await this.records.list({ table: tables.operations, upTo: `ended/${instant}`, limit });
    for (const { id, partsDone } of rows.map(operationOf)) {
      const parts = Array.from({ length: partsDone }, (_, part): RecordChange => {
        return { table: tables.rows, key: partKey(id, part), expect: 'any', value: null };
      });
      // It may have been asked to be canceled at the moment at which it ended.
      const others = [tables.operations, tables.cancels].map((table): RecordChange => {
        return { table, key: id, expect: 'any', value: null };
      });
      await this.records.transact([...parts, ...others]);
    }
  }
}

function changeOf(operation: OperationRecord): RecordChange {
  return {
    table: tables.operations,
    key: operation.id,
    expect: 'any',
    value: operation,
    sort: listedBy(operation),
  };
}

function operationOf({ value }: RecordRow): OperationRecord {
  return value as OperationRecord;
}

/** The list that a command is carried out along, in parts. */
export function entriesOf(command: object, { field }: Bulk): readonly string[] {
  const entries: unknown = Object.entries(command).find(([name]) => name === field)?.[1];
  return Array.isArray(entries) ? entries.map(String) : [];
}
