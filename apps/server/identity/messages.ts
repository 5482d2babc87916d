import type { HttpRoute } from '#lib/engine/model/message.js';
import { Default, Instant, Nullable, OneOf, TenantGuid, Text } from '#lib/engine/model/shape.js';
import { roles } from '#lib/domain/roles.js';

const by = ['admin'] as const;

/** What is known of a key; never its secret. */
class KeyFields {
  @Text({ example: '0f1e2d3c4b5a6978' }) keyId!: string;
  @OneOf(roles) role!: string;
  @Nullable() @Text({ description: 'The publisher whose things this key reaches.' }) publisherId!: string | null;
  @Nullable() @TenantGuid() tenantId!: string | null;
  @Nullable() @Text({ description: 'The person who acts with it, as events name them.' }) personId!: string | null;
  @Text() label!: string;
  @Instant() createdAt!: string;
  @Nullable() @Instant() expiresAt!: string | null;
  @Nullable() @Instant() revokedAt!: string | null;
}

export class ApiKey extends KeyFields {
  static readonly type = 'ApiKey';
}

export class CreatedApiKey extends KeyFields {
  static readonly type = 'CreatedApiKey';
  @Text({ description: 'The key itself. It is shown this once.' }) key!: string;
}

export class CreateApiKey {
  static readonly type = 'CreateApiKey';
  static readonly http: HttpRoute = {
    route: 'POST /keys',
    by,
    status: 201,
    summary: 'Create an API key with one role and one scope. The answer shows the key, once.',
  };
  static readonly answers = CreatedApiKey;
  @Text({ example: 'publisher.owner' }) role!: string;
  @Default(null) @Nullable() @Text({ example: 'fabrikam' }) publisherId!: string | null;
  @Default(null) @Nullable() @TenantGuid() tenantId!: string | null;
  @Default(null) @Nullable() @Text() personId!: string | null;
  @Text({ description: 'What it is for.' }) label!: string;
  @Default(null)
  @Nullable()
  @Text({ description: 'ISO 8601 in UTC; null: until revoked.', example: '2030-01-01T00:00:00.000Z' })
  expiresAt!: string | null;
}

export class ListApiKeys {
  static readonly type = 'ListApiKeys';
  static readonly http: HttpRoute = { route: 'GET /keys', by, summary: 'All API keys, the oldest first.' };
  static readonly answers = ApiKey;
}

export class RevokeApiKey {
  static readonly type = 'RevokeApiKey';
  static readonly http: HttpRoute = {
    route: 'DELETE /keys/{keyId}',
    by,
    summary: 'Revoke an API key. It is refused from now on and stays in the list.',
  };
  static readonly answers = ApiKey;
  @Text() keyId!: string;
}
