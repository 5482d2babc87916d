import type { Records } from '#lib/engine/ports/records.js';
import { operationRoles } from '#lib/domain/roles.js';
import type { Action, AnyAction } from '../http/action.js';
import { operationAnswer } from './operation-answer.js';
import { ShowOperation } from './operation-messages.js';
import type { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { rebuildAnswer } from './rebuild-answer.js';
import { OperationRecords } from '#lib/product/operations/operation-records.js';

/** What can be asked of long work. */
export function operationActions(records: Records, rebuilds: Rebuilds): readonly AnyAction[] {
  const operations = new OperationRecords(records);
  const show: Action<ShowOperation> = {
    message: ShowOperation,
    async run({ id }, { actor }) {
      const looksAfterAll = operationRoles.some((role) => role === actor.role);
      const rebuild = looksAfterAll ? await rebuilds.find(id) : null;
      if (rebuild) return { kind: 'one', body: rebuildAnswer(rebuild, await rebuilds.progressOf(rebuild)) };
      const operation = await operations.find(id);
      const { kind, id: starter } = operation?.startedBy ?? { kind: null, id: null };
      const isStarter = kind === actor.kind && starter === actor.id;
      if (!operation || !(isStarter || looksAfterAll)) return { kind: 'notFound' };
      return { kind: 'one', body: await operationAnswer(operation, operations) };
    },
  };
  return [show];
}
