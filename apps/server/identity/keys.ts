import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { RecordRow, Records } from '#lib/engine/ports/records.js';
import type { Role } from '#lib/domain/roles.js';
import type { Principal } from './principal.js';
import { drawKey, isSecret, partsOfKey } from './secrets.js';

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

/** API keys of this installation, in the records. */
export interface Keys {
  /** Who a key's text stands for; null if nobody. Answers at once when it asked the records a moment ago. */
  authenticate(text: string): Principal | null | Promise<Principal | null>;
  create(draft: KeyDraft): Promise<{ readonly record: KeyRecord; readonly text: string }>;
  /** The oldest first. `after` is the ID of the last row of the page before; null if there is no such key. */
  list(after: string | null, limit: number): Promise<readonly KeyRecord[] | null>;
  revoke(keyId: string): Promise<KeyRecord | 'none' | 'last' | 'contended'>;
  /** The text of an admin key, only the first time that this is asked of these records. */
  createFirst(): Promise<string | null>;
}

const table = 'keys';
const firstTable = 'first-key';
/** Another process may have revoked a key: what is remembered is asked for again after this. */
const freshMs = 5_000;
const remembered = 10_000;

interface Known {
  readonly record: KeyRecord;
  readonly hash: Buffer;
  readonly principal: Principal;
  readonly freshUntil: number;
}

export function keyService(records: Records, clock: Clock): Keys {
  const known = new Map<string, Known>();
  /** Compared with when there is no such key, so that it takes as long. */
  const nobody = Buffer.alloc(32);

  const admit = (found: Known | undefined, secret: string): Principal | null => {
    if (!isSecret(secret, found?.hash ?? nobody) || !found) return null;
    return isActive(found.record, clock) ? found.principal : null;
  };

  const load = async (keyId: string): Promise<Known | undefined> => {
    const row = await records.get(table, keyId);
    known.delete(keyId);
    if (!row) return undefined;
    const record = recordOf(row);
    const hash = Buffer.from(record.hash, 'hex');
    const entry = { record, hash, principal: principalOf(record), freshUntil: performance.now() + freshMs };
    known.set(keyId, entry);
    const [oldest] = known.keys();
    if (known.size > remembered && oldest !== undefined) known.delete(oldest);
    return entry;
  };

  const newKey = (draft: KeyDraft) => {
    const { keyId, text, secretHash } = drawKey();
    const record: KeyRecord = { keyId, hash: secretHash, ...draft, createdAt: clock.now(), revokedAt: null };
    return {
      text,
      record,
      change: { table, key: keyId, expect: 'none', value: record, sort: record.createdAt } as const,
    };
  };

  /** A key that keeps the installation manageable when this one is gone. */
  const otherAdmin = async (keyId: string): Promise<RecordRow | null> => {
    for (let page = await records.list({ table, limit: 200 }); page.length > 0;) {
      const found = page.find((row) => row.key !== keyId && isLasting(recordOf(row)));
      if (found) return found;
      const last = page[page.length - 1];
      page = await records.list({ table, after: last?.sort ?? '', afterKey: last?.key ?? '', limit: 200 });
    }
    return null;
  };

  return {
    authenticate(text) {
      const parts = partsOfKey(text);
      if (!parts) return null;
      const found = known.get(parts.keyId);
      if (found && found.freshUntil > performance.now()) return admit(found, parts.secret);
      return load(parts.keyId).then((loaded) => admit(loaded, parts.secret));
    },

    async create(draft) {
      const { record, text, change } = newKey(draft);
      const done = await records.transact([change]);
      if (!done.ok) throw new Error('A new key has the ID of another; random numbers are broken.');
      return { record, text };
    },

    async list(after, limit) {
      if (after === null) return (await records.list({ table, limit })).map(recordOf);
      const row = await records.get(table, after);
      return row && (await records.list({ table, after: row.sort ?? '', afterKey: row.key, limit })).map(recordOf);
    },

    async revoke(keyId) {
      const row = await records.get(table, keyId);
      if (!row) return 'none';
      const record = recordOf(row);
      if (record.revokedAt !== null) return record;
      const other = isLasting(record) ? await otherAdmin(keyId) : null;
      if (isLasting(record) && !other) return 'last';
      const revoked = { ...record, revokedAt: clock.now() };
      // The other key is written as it was: if someone revokes that one at the same time, one of the two is refused.
      const kept = other
        ? [{ table, key: other.key, expect: other.version, value: other.value, sort: other.sort }]
        : [];
      const done = await records.transact([
        { table, key: keyId, expect: row.version, value: revoked, sort: row.sort },
        ...kept,
      ]);
      known.delete(keyId);
      return done.ok ? revoked : 'contended';
    },

    async createFirst() {
      if (await records.get(firstTable, 'created')) return null;
      const scope = { publisherId: null, tenantId: null, personId: null };
      const { record, text, change } = newKey({ role: 'admin', ...scope, label: 'First start', expiresAt: null });
      const mark = { table: firstTable, key: 'created', expect: 'none', value: { keyId: record.keyId } } as const;
      return (await records.transact([mark, change])).ok ? text : null;
    },
  };
}

function recordOf(row: RecordRow): KeyRecord {
  return row.value as KeyRecord;
}

function isActive({ revokedAt, expiresAt }: KeyRecord, clock: Clock): boolean {
  return revokedAt === null && (expiresAt === null || clock.now() < expiresAt);
}

function isLasting({ role, revokedAt, expiresAt }: KeyRecord): boolean {
  return role === 'admin' && revokedAt === null && expiresAt === null;
}

function principalOf({ keyId, role, publisherId, tenantId, personId }: KeyRecord): Principal {
  const scope: Owner =
    publisherId !== null ? { publisherId } : tenantId !== null ? { tenantId } : { installation: true };
  return { actor: { kind: 'key', id: keyId, role, personId }, caller: scope };
}
