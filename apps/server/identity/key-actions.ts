import { reject, type Rejection } from '#lib/engine/model/refusal.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import { codePoints, isId, isPersonId } from '#lib/domain/ids.js';
import { roles, scopeOf, type Role } from '#lib/domain/roles.js';
import { rejected, type Action, type ActionOutcome, type AnyAction } from '../http/action.js';
import type { KeyRecord } from './key-record.js';
import type { Keys } from './keys.js';
import { CreateApiKey, ListApiKeys, RevokeApiKey } from './messages.js';
import { refuse } from './refusals.js';

/** The routes by which the installation's admin gives and takes keys. */
export function keyActions(keys: Keys, clock: Clock): readonly AnyAction[] {
  const create: Action<CreateApiKey> = {
    message: CreateApiKey,
    async run(asked) {
      const role = roles.find((known) => known === asked.role);
      const rejection = judge(asked, role, clock);
      if (rejection || role === undefined) return { kind: 'rejected', refusals: rejection?.rejected ?? [] };
      const { publisherId, tenantId, personId, label, expiresAt } = asked;
      const { record, text } = await keys.create({ role, publisherId, tenantId, personId, label, expiresAt });
      return { kind: 'one', body: { ...shown(record), key: text } };
    },
  };

  const list: Action<ListApiKeys> = {
    message: ListApiKeys,
    lists: true,
    async run(_asked, { page: { limit, cursor } }) {
      const rows = await keys.list(cursor, limit + 1);
      if (!rows) return { kind: 'malformed', parameter: 'cursor', detail: 'No page ended there.' };
      const next = rows.length > limit ? (rows[limit - 1]?.keyId ?? null) : null;
      return { kind: 'list', rows: rows.slice(0, limit).map(shown), next };
    },
  };

  const revoke: Action<RevokeApiKey> = {
    message: RevokeApiKey,
    async run({ keyId }): Promise<ActionOutcome> {
      const outcome = await keys.revoke(keyId);
      switch (outcome) {
        case 'none':
          return { kind: 'notFound' };
        case 'last':
          return rejected(refuse('LAST_ADMIN_KEY', 'No other admin key is there that does not expire.'));
        case 'contended':
          return rejected(refuse('KEYS_CONTENDED', 'Another change came first.'));
        default:
          return { kind: 'one', body: shown(outcome) };
      }
    },
  };

  return [create, list, revoke];
}

function judge(asked: CreateApiKey, role: Role | undefined, clock: Clock): Rejection | null {
  const { publisherId, tenantId, personId, label, expiresAt } = asked;
  const length = codePoints(label);
  return reject(
    role === undefined && refuse('ROLE_UNKNOWN', `There is no role ${asked.role.slice(0, 100)}.`, '/role'),
    role !== undefined && scopeFault(scopeOf(role), publisherId, tenantId),
    personId !== null && !isPersonId(personId) && refuse('KEY_PERSON_INVALID', 'This is no person ID.', '/personId'),
    (length < 1 || length > 100) && refuse('KEY_LABEL_INVALID', `The label has ${length} characters.`, '/label'),
    expiresAt !== null &&
      !isFuture(expiresAt, clock) &&
      refuse('KEY_EXPIRY_INVALID', 'This is no instant in the future.', '/expiresAt'),
  );
}

function scopeFault(scope: ReturnType<typeof scopeOf>, publisherId: string | null, tenantId: string | null) {
  const wrong = (pointer: string, detail: string) => refuse('KEY_SCOPE_INVALID', detail, pointer);
  return [
    ...(scope !== 'publisher' && publisherId !== null
      ? [wrong('/publisherId', 'This role takes no publisherId.')]
      : []),
    ...(scope !== 'tenant' && tenantId !== null ? [wrong('/tenantId', 'This role takes no tenantId.')] : []),
    ...(scope === 'publisher' && (publisherId === null || !isId(publisherId) || publisherId.length > 38)
      ? [wrong('/publisherId', 'This role needs the ID of a publisher.')]
      : []),
    ...(scope === 'tenant' && tenantId === null ? [wrong('/tenantId', 'This role needs the GUID of a tenant.')] : []),
  ];
}

/** Exactly as we write instants, so that they compare as strings. */
function isFuture(instant: string, clock: Clock): boolean {
  const time = Date.parse(instant);
  return !Number.isNaN(time) && new Date(time).toISOString() === instant && instant > clock.now();
}

function shown({ hash: _hash, ...record }: KeyRecord): Omit<KeyRecord, 'hash'> {
  return record;
}
