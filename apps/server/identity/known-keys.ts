import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { Records } from '#lib/engine/ports/records.js';
import { keyTable } from '#lib/views/key-labels.js';
import { isActive, keyRecordOf, type KeyRecord } from './key-record.js';
import type { Principal } from './principal.js';
import { isSecret, nobodysHash, partsOfKey, toCompare } from './secrets.js';

/** Another process may have revoked a key: what is remembered is asked for again after this. */
const freshMs = 5_000;
const remembered = 10_000;

interface Known {
  readonly record: KeyRecord;
  readonly hash: Buffer;
  readonly principal: Principal;
  readonly freshUntil: number;
}

/** Keys that were asked for a moment ago, so that a request costs one hash and no read. */
export class KnownKeys {
  private readonly known = new Map<string, Known>();
  private forgotten = 0;

  constructor(
    private readonly records: Records,
    private readonly clock: Clock,
  ) {}

  /** Who a key's text stands for; null if nobody. Answers at once what is remembered. */
  authenticate(text: string): Principal | null | Promise<Principal | null> {
    const parts = partsOfKey(text);
    if (!parts) return null;
    const found = this.known.get(parts.keyId);
    if (found && found.freshUntil > performance.now()) return this.admit(found, parts.secret);
    return this.load(parts.keyId).then((loaded) => this.admit(loaded, parts.secret));
  }

  /** What is being read of it at this moment is not remembered either. */
  forget(keyId: string): void {
    this.known.delete(keyId);
    this.forgotten += 1;
  }

  private admit(found: Known | null, secret: string): Principal | null {
    if (!isSecret(secret, found?.hash ?? nobodysHash) || !found) return null;
    return isActive(found.record, () => this.clock.now()) ? found.principal : null;
  }

  private async load(keyId: string): Promise<Known | null> {
    const { forgotten } = this;
    const row = await this.records.get(keyTable, keyId);
    if (!row) return null;
    const record = keyRecordOf(row);
    const hash = toCompare(record.hash);
    const loaded = { record, hash, principal: principalOf(record), freshUntil: performance.now() + freshMs };
    if (forgotten === this.forgotten) this.remember(keyId, loaded);
    return loaded;
  }

  private remember(keyId: string, loaded: Known): void {
    this.known.delete(keyId);
    this.known.set(keyId, loaded);
    const [oldest] = this.known.keys();
    if (this.known.size > remembered && oldest !== undefined) this.known.delete(oldest);
  }
}

function principalOf({ keyId, role, publisherId, tenantId, personId }: KeyRecord): Principal {
  const scope: Owner =
    publisherId !== null ? { publisherId } : tenantId !== null ? { tenantId } : { installation: true };
  return { actor: { kind: 'key', id: keyId, role, personId }, caller: scope };
}
