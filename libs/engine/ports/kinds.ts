import type { KindDeclaration } from '../model/projection.js';

/** The kinds of documents of a view's version, by name. */
export type Kinds = Readonly<Record<string, KindDeclaration>>;

/** JSON of kinds, the same for equal declarations in whatever order they are written. */
export function textOfKinds(kinds: Kinds): string {
  const byName = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  const whole = Object.entries(kinds).map(([kind, { fields = {}, indexes = [], writtenOnce = false }]) => {
    return [kind, { fields: byName(fields), indexes, writtenOnce }] as const;
  });
  return JSON.stringify(byName(Object.fromEntries(whole)));
}

/** What is thrown where a version is prepared with other kinds than it was built with. */
export function otherKinds({ view, version }: { readonly view: string; readonly version: number }): Error {
  return new Error(`${view} version ${version} was built with other kinds or indexes: raise the view's version.`);
}
