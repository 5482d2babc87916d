import { issue, type ProcessManager } from '#lib/engine/model/process.js';
import type { DomainEvent } from '#lib/domain/events.js';
import { EstablishRelationship } from '#lib/domain/relationship/messages.js';

/** A customer's acceptance establishes the relationship; nothing else does (R56). */
export const consent: ProcessManager<DomainEvent> = {
  name: 'consent',
  startAt: 'beginning',
  on: {
    InvitationAccepted: ({ data, meta }) => [
      issue(EstablishRelationship, {
        publisherId: data.publisherId,
        tenantId: data.tenantId,
        organizationName: data.organizationName,
        country: data.country,
        invitationId: data.invitationId,
        consentVersion: data.consentVersion,
        consentHash: data.consentHash,
        acceptedAt: meta.recordedAt,
      }),
    ],
  },
};
