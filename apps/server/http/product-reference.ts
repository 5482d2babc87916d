import { deciders } from '#lib/domain/deciders.js';
import { domainRefusals } from '#lib/domain/refusals.js';
import { views } from '#lib/views/views.js';
import { keyActions } from '../identity/key-actions.js';
import { keyRefusals } from '../identity/refusals.js';
import { ledgerActions } from '../operations/ledger-export.js';
import { auditActions } from '../operations/audit-actions.js';
import { auditLists } from '../operations/audit-lists.js';
import { auditRefusals } from '../operations/audit-refusals.js';
import { operationActions } from '../operations/operation-actions.js';
import { parkedActions } from '../operations/parked-actions.js';
import { projectionActions } from '../operations/projections.js';
import { rebuildActions } from '../operations/rebuild-actions.js';
import { receiptActions } from '../operations/receipt-actions.js';
import { sampleActions } from '../operations/sample-actions.js';
import { operationRefusals } from '../operations/refusals.js';
import { whatIfActions } from '../operations/what-if-actions.js';
import { openApi } from './openapi.js';
import { problemBook } from './problems.js';
import { collectRoutes } from './routes.js';

/** Stands for what an action needs when it runs; of actions that are only described nothing is used. */
function unused<T extends object>(): T {
  return new Proxy({} as T, {
    get() {
      throw new Error('An action that was made for the reference is run.');
    },
  });
}

/** The text of `openapi.json` for the product as it is: what the server serves, and what is committed. */
export function productReference(): string {
  const { pages } = problemBook({ ...domainRefusals, ...auditRefusals, ...keyRefusals, ...operationRefusals });
  const actions = [
    ...keyActions(unused(), unused()),
    ...projectionActions(unused(), unused(), unused(), unused(), unused()),
    ...operationActions(unused(), unused()),
    ...rebuildActions(unused()),
    ...sampleActions(unused(), unused()),
    ...parkedActions(unused(), unused()),
    ...ledgerActions(unused(), unused(), unused()),
    ...auditActions({ events: unused(), records: unused(), signer: unused() }),
    ...auditLists({ events: unused(), records: unused() }),
    ...receiptActions({ queries: unused(), signer: unused(), events: unused() }),
    ...whatIfActions({ events: unused(), history: unused(), settings: unused() }),
  ];
  return `${JSON.stringify(openApi(collectRoutes({ deciders, views, actions }, pages), pages), null, 2)}\n`;
}
