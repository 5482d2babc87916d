import { Server } from './server.js';
import type { Surroundings } from './surroundings.js';
import { textTable } from './text-table.js';

interface ApiKey {
  readonly keyId: string;
  readonly role: string;
  readonly publisherId: string | null;
  readonly tenantId: string | null;
  readonly personId: string | null;
  readonly label: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export interface KeyChoice {
  readonly role: string;
  readonly label: string;
  readonly publisher?: string;
  readonly tenant?: string;
  readonly person?: string;
  /** An instant. */
  readonly expires?: string;
  readonly json: boolean;
}

/** All keys of the running server, the oldest first; nothing of their secrets. */
export async function listKeys(json: boolean, surroundings: Surroundings): Promise<void> {
  const { environment, signal, stdout } = surroundings;
  const keys: ApiKey[] = [];
  for await (const { rows } of new Server(environment, signal).pages<ApiKey>('/keys')) keys.push(...rows);
  if (json) return void stdout.write(`${JSON.stringify(keys)}\n`);
  const heading = ['key', 'role', 'of', 'person', 'created', 'expires', 'revoked', 'label'];
  const cells = keys.map(({ keyId, role, personId, createdAt, expiresAt, revokedAt, label, ...scope }) => {
    const of = scope.publisherId ?? scope.tenantId ?? '';
    return [keyId, role, of, personId ?? '', createdAt, expiresAt ?? '', revokedAt ?? '', label];
  });
  stdout.write(textTable([heading, ...cells]));
}

/** Creates a key. Its text, shown this once, is all that comes to stdout, so that a script can take it. */
export async function createKey(choice: KeyChoice, surroundings: Surroundings): Promise<void> {
  const { environment, signal, stdout, stderr } = surroundings;
  const { role, label, publisher, tenant, person, expires, json } = choice;
  const body = {
    role,
    label,
    publisherId: publisher ?? null,
    tenantId: tenant ?? null,
    personId: person ?? null,
    expiresAt: expires ?? null,
  };
  const created = await new Server(environment, signal).ask<ApiKey & { readonly key: string }>('POST', '/keys', body);
  if (json) return void stdout.write(`${JSON.stringify(created)}\n`);
  stdout.write(`${created.key}\n`);
  stderr.write(`That is the key ${created.keyId}. It is shown this once: put it where it is needed.\n`);
}

/** Revokes a key: it is refused from now on. */
export async function revokeKey(keyId: string, json: boolean, surroundings: Surroundings): Promise<void> {
  const { environment, signal, stdout } = surroundings;
  const path = `/keys/${encodeURIComponent(keyId)}`;
  const revoked = await new Server(environment, signal).ask<ApiKey>('DELETE', path);
  const told = `The key ${revoked.keyId} (${revoked.label}) is revoked since ${revoked.revokedAt}.`;
  stdout.write(`${json ? JSON.stringify(revoked) : told}\n`);
}
