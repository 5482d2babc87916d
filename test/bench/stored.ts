import { randomUUID } from 'node:crypto';
import type { Envelope } from '#lib/engine/model/envelope.js';

const now = new Date().toISOString();

/** Metadata as long as a command's. */
export const meta: Envelope = {
  v: 1,
  recordedAt: now,
  occurredAt: now,
  commandId: randomUUID(),
  commandHash: '',
  actor: { kind: 'key', id: 'k', role: 'publisherOwner', personId: null },
  tenant: 'fabrikam',
  context: [],
  traceparent: null,
  $correlationId: '',
  $causationId: '',
};

export const type = 'LicensesUpdated';
/** With the metadata 400 bytes. */
export const data = { text: 'x'.repeat(400 - JSON.stringify(meta).length - JSON.stringify({ text: '' }).length) };
