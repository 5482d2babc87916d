import { base } from '../http/routes.js';
import type { Operation } from './operation-messages.js';
import type { OperationRecord, OperationRecords } from '#lib/product/operations/operation-records.js';

/** An operation as it is told; its rows once it has ended. */
export async function operationAnswer(operation: OperationRecord, operations: OperationRecords): Promise<Operation> {
  const { id, command, total, done, startedAt, endedAt, position, problem } = operation;
  const isUnderWay = operation.status === 'running';
  const status = isUnderWay && (await operations.isToBeCanceled(operation)) ? 'canceling' : operation.status;
  return {
    id,
    command,
    status,
    steps: [{ name: command, status, done, total }],
    progress: { done, total },
    startedAt,
    endedAt,
    position,
    problem,
    rows: isUnderWay ? null : await operations.rowsOf(operation),
    rebuild: null,
    links: { self: `${base}/operations/${id}` },
  };
}
