import type { RecordRow } from '#lib/engine/ports/records.js';
import type { Role } from '#lib/domain/roles.js';

/** A key as it is kept: a hash stands for its secret. */
export interface KeyRecord {
  readonly keyId: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly hash: string;
  readonly role: Role;
  readonly publisherId: string | null;
  readonly tenantId: string | null;
  readonly personId: string | null;
  readonly label: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}
export type KeyDraft = Pick<KeyRecord, 'role' | 'publisherId' | 'tenantId' | 'personId' | 'label' | 'expiresAt'>;

export function keyRecordOf(row: RecordRow): KeyRecord {
  return row.value as KeyRecord;
}

/** Whether it is accepted at an instant. */
export function isActive({ revokedAt, expiresAt }: KeyRecord, now: () => string): boolean {
  return revokedAt === null && (expiresAt === null || now() < expiresAt);
}

/** Whether it keeps the installation manageable for good. */
export function isLasting({ role, revokedAt, expiresAt }: KeyRecord): boolean {
  return role === 'admin' && revokedAt === null && expiresAt === null;
}
