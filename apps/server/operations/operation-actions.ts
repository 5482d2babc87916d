import type { Records } from '#lib/engine/ports/records.js';
import type { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { operationRoles } from '#lib/domain/roles.js';
import { OperationRecords, type OperationRecord } from '#lib/product/operations/operation-records.js';
import { rejected, type Action, type AnyAction } from '../http/action.js';
import type { Principal } from '../identity/principal.js';
import { operationAnswer } from './operation-answer.js';
import { CancelOperation, ShowOperation } from './operation-messages.js';
import { actOn, told } from './rebuild-actions.js';
import { refuse } from './refusals.js';

/** What can be asked of long work of every kind. */
export function operationActions(records: Records, rebuilds: Rebuilds): readonly AnyAction[] {
  const operations = new OperationRecords(records);
  const findFor = async (id: string, actor: Principal['actor']): Promise<OperationRecord | null> => {
    const operation = await operations.find(id);
    if (!operation || looksAfterAll(actor)) return operation;
    const { kind, id: starter } = operation.startedBy;
    return kind === actor.kind && starter === actor.id ? operation : null;
  };
  const show: Action<ShowOperation> = {
    message: ShowOperation,
    async run({ id }, { actor }) {
      const rebuild = looksAfterAll(actor) ? await rebuilds.find(id) : null;
      if (rebuild) return told(rebuilds, rebuild);
      const operation = await findFor(id, actor);
      return operation ? { kind: 'one', body: await operationAnswer(operation, operations) } : { kind: 'notFound' };
    },
  };
  const cancel: Action<CancelOperation> = {
    message: CancelOperation,
    async run({ id }, { actor }) {
      const ofRebuild = looksAfterAll(actor) ? await actOn(rebuilds, 'cancel', id) : null;
      if (ofRebuild && ofRebuild.kind !== 'notFound') return ofRebuild;
      const operation = await findFor(id, actor);
      if (!operation) return { kind: 'notFound' };
      if (operation.status !== 'running') {
        return rejected(refuse('OPERATION_STATUS', `It is ${operation.status}, which allows nothing.`));
      }
      await operations.askToCancel(operation);
      return { kind: 'one', body: await operationAnswer(operation, operations) };
    },
  };
  return [show, cancel];
}

function looksAfterAll({ role }: Principal['actor']): boolean {
  return operationRoles.some((one) => one === role);
}
