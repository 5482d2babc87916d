import type { Records } from '#lib/engine/ports/records.js';
import { operationRoles } from '#lib/domain/roles.js';
import type { Action, AnyAction } from '../http/action.js';
import { operationAnswer } from './operation-answer.js';
import { ShowOperation } from './operation-messages.js';
import { OperationRecords } from '#lib/product/operations/operation-records.js';

/** What can be asked of long work. */
export function operationActions(records: Records): readonly AnyAction[] {
  const operations = new OperationRecords(records);
  const show: Action<ShowOperation> = {
    message: ShowOperation,
    async run({ id }, { actor }) {
      const operation = await operations.find(id);
      const { kind, id: starter } = operation?.startedBy ?? { kind: null, id: null };
      const isStarter = kind === actor.kind && starter === actor.id;
      const looksAfterAll = operationRoles.some((role) => role === actor.role);
      if (!operation || !(isStarter || looksAfterAll)) return { kind: 'notFound' };
      return { kind: 'one', body: await operationAnswer(operation, operations) };
    },
  };
  return [show];
}
