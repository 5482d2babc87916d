import type { TestProduct } from './product.js';

/** JSON Schema as far as the reference uses it. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
}

/** A route as the running product describes itself. */
export interface Described {
  readonly method: string;
  /** Below `/v1`, with `{field}` for the IDs in it. */
  readonly path: string;
  readonly roles: readonly string[] | 'anyone';
  /** Null: no body is taken. */
  readonly body: Schema | null;
  /** The most that a body may have. */
  readonly bodyBytes: number;
}

interface Operation {
  readonly 'x-roles'?: Described['roles'];
  readonly 'x-body-bytes'?: number;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

/** All routes that the product serves below `/v1`, from its own reference. */
export async function surfaceOf(product: TestProduct): Promise<readonly Described[]> {
  return routesIn(await (await fetch(`${product.url}/openapi.json`)).text());
}

/** The routes of a reference. */
export function routesIn(text: string): readonly Described[] {
  const reference = JSON.parse(text) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  return Object.entries(reference.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { 'x-roles': roles, 'x-body-bytes': bodyBytes = 0, requestBody }]) => {
      const body = requestBody?.content['application/json'].schema ?? null;
      return roles === undefined ? [] : { method: method.toUpperCase(), path, roles, body, bodyBytes };
    }),
  );
}

/** A route's address with these IDs in it. */
export function addressOf({ path }: Described, ids: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, field: string) => ids[field] ?? 'unknown');
}
