import type { Recorded } from '#lib/engine/model/envelope.js';
import type { AnyProjection, Doc } from '#lib/engine/model/projection.js';

/**
 * Folds events into a view's documents, as `kind/key` → document, and checks that only named documents are touched.
 * Documents are copied, as a store would, unless `copy` is told not to.
 */
export function fold(
  projection: AnyProjection,
  events: readonly Recorded[],
  copy: <T>(doc: T) => T = structuredClone,
): Record<string, Doc> {
  const documents = new Map<string, Doc>();
  for (const event of events) {
    const keys = projection.on[event.type]?.(event);
    if (!keys) continue;
    const named = new Set(keys.map(([kind, key]) => `${kind}/${key}`));
    const at = (kind: string, key: string) => {
      if (!named.has(`${kind}/${key}`)) throw new Error(`${event.type} touches ${kind}/${key}, which it did not name.`);
      return `${kind}/${key}`;
    };
    projection.fold(event, {
      get: (kind: string, key: string) => copy(documents.get(at(kind, key))),
      put: (kind: string, key: string, doc: Doc) => void documents.set(at(kind, key), copy(doc)),
      delete: (kind: string, key: string) => void documents.delete(at(kind, key)),
    });
  }
  return Object.fromEntries([...documents].sort(([a], [b]) => (a < b ? -1 : 1)));
}
