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
    help: 'Read the operation. What has ended allows nothing; of a rebuild `rebuild.acts` names what it allows now.',
  },
  NOTHING_PARKED: {
    rule: 'R93',
    status: 409,
    title: 'No document of the view waits',
    help: 'There is nothing to fold again. `GET /v1/projections` names what waits in each view.',
  },
  EVENT_NOT_PARKED: {
    rule: 'R93',
    status: 422,
    title: 'No document waits because of this event',
    help: 'Only an event that failed itself can be left out, not one that waits behind it. `GET /v1/projections/{view}/parked` names both.',
  },
  SKIP_REASON_INVALID: {
    rule: 'R93',
    status: 422,
    title: 'The reason is missing or too long',
    help: 'Say in 1 to 1000 characters why the view is to leave the event out: it is kept for whoever looks later.',
  },
  TOO_MANY_SKIPS: {
    rule: 'R93',
    status: 409,
    title: 'The view leaves out too many events',
    help: 'A thousand is the limit. A view that cannot fold so many needs a build of the program that can: take the skips back then.',
  },
  EVENT_NOT_SKIPPED: {
    rule: 'R93',
    status: 422,
    title: 'The view does not leave this event out',
    help: '`GET /v1/projections/{view}/skips` names the events that it leaves out.',
  },
} as const satisfies RefusalPages;

export const refuse = refusing(operationRefusals);
