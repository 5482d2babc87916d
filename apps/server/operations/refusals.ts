import { refusing, type RefusalPages } from '#lib/engine/model/refusal.js';

export const operationRefusals = {
  VIEW_UNKNOWN: {
    rule: null,
    status: 422,
    title: 'There is no such view',
    help: 'Name views as `GET /v1/projections` does, or none for all of them.',
  },
  REBUILD_UNDER_WAY: {
    rule: 'R93',
    status: 409,
    title: 'A view is built anew already',
    help: '`GET /v1/projections` names the operation. Cancel it; or, where reads were switched, roll it back or finish it, which happens by itself after ten minutes.',
  },
  OPERATION_STATUS: {
    rule: null,
    status: 409,
    title: 'The operation does not allow this in its status',
    help: 'Read the operation: `rebuild.acts` names what it allows now.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(operationRefusals);
