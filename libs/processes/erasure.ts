import { eraseRecord, type ProcessManager } from '#lib/engine/model/process.js';
import { peopleTable, personKey } from '#lib/domain/person/directory.js';
import type { PersonEvent } from '#lib/domain/person/messages.js';

/** What the directory holds of an erased person goes, until nothing of it can be read (R95). */
export const erasure: ProcessManager<PersonEvent> = {
  name: 'erasure',
  startAt: 'beginning',
  on: {
    PersonErased: ({ data: { publisherId, tenantId, personId } }) =>
      [publisherId, tenantId].flatMap((scope) =>
        scope === null ? [] : [eraseRecord(peopleTable, personKey(scope, personId))],
      ),
  },
};
