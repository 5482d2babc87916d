import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Actor } from '#lib/engine/model/envelope.js';
import type { RecordChange, RecordRow, Records } from '#lib/engine/ports/records.js';
import type { SeatRow } from '#lib/domain/seat-pool/messages.js';
import type { OperationStatus } from './operation-messages.js';

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

const tables = { operations: 'operations', inputs: 'operation-inputs', rows: 'operation-rows' } as const;
/** What ended is listed by when it did, before what runs. */
const listedBy = ({ endedAt, startedAt }: OperationRecord): string =>
  endedAt === null ? `running/${startedAt}` : `ended/${endedAt}`;
const partKey = (id: string, part: number): string => `${id}/${String(part).padStart(4, '0')}`;

/** Operations in the records. Whoever runs them is alone, so that nothing is compared after the beginning. */
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

  /** Notes what came of a part together with how far the operation is. */
  async partDone(operation: OperationRecord, part: number, rows: readonly SeatRow[]): Promise<void> {
    const key = partKey(operation.id, part);
    await this.records.transact([changeOf(operation), { table: tables.rows, key, expect: 'any', value: { rows } }]);
  }

  /** What it worked on is of no use any more. */
  async end(operation: OperationRecord): Promise<void> {
    await this.records.transact([
      changeOf(operation),
      { table: tables.inputs, key: operation.id, expect: 'any', value: null },
    ]);
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
  async running(limit: number): Promise<readonly OperationRecord[]> {
    const rows = await this.records.list({ table: tables.operations, after: 'running/', limit });
    return rows.map(operationOf);
  }

  /** Forgets some of those that ended before an instant. */
  async forgetEndedBefore(instant: string, limit: number): Promise<void> {
    const rows = await this.records.list({ table: tables.operations, upTo: `ended/${instant}`, limit });
    for (const { id, partsDone } of rows.map(operationOf)) {
      const parts = Array.from({ length: partsDone }, (_, part): RecordChange => {
        return { table: tables.rows, key: partKey(id, part), expect: 'any', value: null };
      });
      await this.records.transact([...parts, { table: tables.operations, key: id, expect: 'any', value: null }]);
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
