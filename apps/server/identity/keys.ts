import type { Clock } from '#lib/engine/ports/clock.js';
import type { RecordChange, RecordRow, Records } from '#lib/engine/ports/records.js';
import { keyTable as table } from '#lib/views/key-labels.js';
import { isLasting, keyRecordOf, type KeyDraft, type KeyRecord } from './key-record.js';
import { KnownKeys } from './known-keys.js';
import type { Principal } from './principal.js';
import { drawKey, hashOfSecret, partsOfKey } from './secrets.js';

type Drawn = Pick<ReturnType<typeof drawKey>, 'keyId' | 'secretHash'>;

/** Remembers that there was a first key, also when it is gone. */
const first = { table: 'first-key', key: 'created' } as const;
const drawnLabel = 'First start';

/** API keys of this installation, in the records. */
export interface Keys {
  /** Who a key's text stands for; null if nobody. Answers at once when it asked the records a moment ago. */
  authenticate(text: string): Principal | null | Promise<Principal | null>;
  create(draft: KeyDraft): Promise<{ readonly record: KeyRecord; readonly text: string }>;
  /** The oldest first. `after` is the ID of the last row of the page before; null if there is no such key. */
  list(after: string | null, limit: number): Promise<readonly KeyRecord[] | null>;
  revoke(keyId: string): Promise<KeyRecord | 'none' | 'last' | 'contended'>;
  /** The text of an admin key drawn for this installation, only if it never had a first one. */
  drawFirst(): Promise<string | null>;
  /** Makes the given text the first admin key, unless there was a first one. */
  adoptFirst(text: string): Promise<void>;
  /** Whether there was a first one, and whether it was drawn at the first start and is still accepted. */
  firstKey(): Promise<'none' | 'drawn' | 'settled'>;
}

export function keyService(records: Records, clock: Clock): Keys {
  const known = new KnownKeys(records, clock);

  const isMadeFirst = async (drawn: Drawn, label: string): Promise<boolean> => {
    if (await records.get(first.table, first.key)) return false;
    const scope = { publisherId: null, tenantId: null, personId: null };
    const { record, change } = newKey(drawn, { role: 'admin', ...scope, label, expiresAt: null }, clock.now());
    const mark: RecordChange = { ...first, expect: 'none', value: { keyId: record.keyId } };
    return (await records.transact([mark, change])).ok;
  };

  return {
    authenticate: (text) => known.authenticate(text),

    async create(draft) {
      const drawn = drawKey();
      const { record, change } = newKey(drawn, draft, clock.now());
      const done = await records.transact([change]);
      if (!done.ok) throw new Error('A new key has the ID of another; random numbers are broken.');
      return { record, text: drawn.text };
    },

    async list(after, limit) {
      if (after === null) return (await records.list({ table, limit })).map(keyRecordOf);
      const row = await records.get(table, after);
      return row && (await records.list({ table, ...beyond(row), limit })).map(keyRecordOf);
    },

    async revoke(keyId) {
      const row = await records.get(table, keyId);
      if (!row) return 'none';
      const record = keyRecordOf(row);
      if (record.revokedAt !== null) return record;
      const other = isLasting(record) ? await otherAdmin(records, keyId) : null;
      if (isLasting(record) && !other) return 'last';
      const revoked = { ...record, revokedAt: clock.now() };
      // The other key is written as it was: if someone revokes that one at the same time, one of the two is refused.
      const changes = [changeOf(row, revoked), ...(other ? [changeOf(other, other.value)] : [])];
      const done = await records.transact(changes);
      known.forget(keyId);
      return done.ok ? revoked : 'contended';
    },

    async drawFirst() {
      const drawn = drawKey();
      return (await isMadeFirst(drawn, drawnLabel)) ? drawn.text : null;
    },

    async adoptFirst(text) {
      const parts = partsOfKey(text);
      if (!parts) throw new Error('This is not the text of a key.');
      await isMadeFirst({ keyId: parts.keyId, secretHash: hashOfSecret(parts.secret) }, 'Given by the configuration');
    },

    async firstKey() {
      const mark = await records.get(first.table, first.key);
      if (!mark) return 'none';
      const row = await records.get(table, (mark.value as { keyId: string }).keyId);
      const isDrawn = row !== null && keyRecordOf(row).label === drawnLabel && isLasting(keyRecordOf(row));
      return isDrawn ? 'drawn' : 'settled';
    },
  };
}

function newKey(
  { keyId, secretHash }: Drawn,
  draft: KeyDraft,
  createdAt: string,
): { record: KeyRecord; change: RecordChange } {
  const record: KeyRecord = { keyId, hash: secretHash, ...draft, createdAt, revokedAt: null };
  return { record, change: { table, key: keyId, expect: 'none', value: record, sort: createdAt } };
}

function changeOf({ key, version, sort }: RecordRow, value: object): RecordChange {
  return { table, key, expect: version, value, sort };
}

function beyond({ sort, key }: RecordRow): { after: string; afterKey: string } {
  return { after: sort ?? '', afterKey: key };
}

/** A key that keeps the installation manageable when this one is gone. */
async function otherAdmin(records: Records, keyId: string): Promise<RecordRow | null> {
  let from = {};
  for (;;) {
    const page = await records.list({ table, ...from, limit: 200 });
    const found = page.find((row) => row.key !== keyId && isLasting(keyRecordOf(row)));
    const last = page[page.length - 1];
    if (found || !last) return found ?? null;
    from = beyond(last);
  }
}
