import type { HttpRoute } from '#lib/engine/model/message.js';
import { Default, Nullable, TenantGuid, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { auditRoles, operationRoles, type Role } from '#lib/domain/roles.js';

const by: readonly Role[] = [...auditRoles, ...operationRoles];
const anySize = { from: 1, to: Number.MAX_SAFE_INTEGER } as const;
const path = { description: 'Hashes in base64, from the bottom up, as RFC 9162 has them.', maxItems: 64 } as const;
const note = { description: 'A signed note (https://c2sp.org/signed-note) with a checkpoint in it.' } as const;

/** A signed head of the tree over the log. */
export class LogHead {
  static readonly type = 'LogHead';
  @Whole() size!: number;
  @Text({ description: 'Base64.' }) root!: string;
  @Text({ description: '`<name>+<key ID>+<key>`, as signed-note writes public keys.' }) publicKey!: string;
  @Text(note) head!: string;
}

export class ShowLogHead {
  static readonly type = 'ShowLogHead';
  static readonly http: HttpRoute = {
    route: 'GET /audit/head',
    by,
    summary: 'The tree over the log as it is now: its size and root, signed.',
  };
  static readonly answers = LogHead;
}

/** An event with the proof that it is a leaf of the tree of the size that was asked for. */
export class ProvenEvent {
  static readonly type: string = 'ProvenEvent';
  @Text({ description: 'What the leaf stands for: JSON of the event (RFC 8785), to be hashed as it is.' })
  leaf!: string;
  @Whole() index!: number;
  @Texts(path) path!: string[];
}

/** The same, with the signed head of that size. */
export class InclusionProof extends ProvenEvent {
  static override readonly type = 'InclusionProof';
  @Text(note) head!: string;
}

export class ProveInclusion {
  static readonly type = 'ProveInclusion';
  static readonly http: HttpRoute = {
    route: 'GET /audit/inclusion',
    by,
    summary: 'Proof that an event is in the history that a signed head stands for.',
  };
  static readonly answers = InclusionProof;
  @Text() stream!: string;
  @Whole({ from: 0, to: Number.MAX_SAFE_INTEGER }) revision!: number;
  /** Of the tree; absent: as large as it is now. */
  @Default(null) @Nullable() @Whole(anySize) size!: number | null;
}

/** That a tree begins with all leaves of a smaller one. */
export class ConsistencyProof {
  static readonly type = 'ConsistencyProof';
  @Whole() from!: number;
  @Whole() to!: number;
  @Texts(path) path!: string[];
}

export class ProveConsistency {
  static readonly type = 'ProveConsistency';
  static readonly http: HttpRoute = {
    route: 'GET /audit/consistency',
    by,
    summary: 'Proof that the history of one signed head goes on in that of a later one, unchanged.',
  };
  static readonly answers = ConsistencyProof;
  @Whole(anySize) from!: number;
  @Whole(anySize) to!: number;
}

export class NamedStream {
  static readonly type = 'NamedStream';
  @Text() stream!: string;
}

export class ListTenantStreams {
  static readonly type = 'ListTenantStreams';
  static readonly http: HttpRoute = {
    route: 'GET /audit/tenants/{tenantId}/streams',
    by: auditRoles,
    summary:
      'Streams of which an event names the tenant, as the log is looked through: a page may hold none, or name one again.',
  };
  static readonly answers = NamedStream;
  @TenantGuid() tenantId!: string;
}

export class ListProvenEvents {
  static readonly type = 'ListProvenEvents';
  static readonly http: HttpRoute = {
    route: 'GET /audit/events',
    by: auditRoles,
    summary: 'Events of a stream, each with its proof, as far as the tree of that size holds them.',
  };
  static readonly answers = ProvenEvent;
  @Text() stream!: string;
  @Whole(anySize) size!: number;
}
