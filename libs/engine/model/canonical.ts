/** How objects with these members, in this order, are written. */
interface Shape {
  readonly names: readonly string[];
  /** In order of UTF-16 code units. */
  readonly sorted: readonly string[];
  /** What stands before each of the sorted members' values, if it is the first that is there, and if it is not. */
  readonly first: readonly string[];
  readonly further: readonly string[];
}

/** Documents of a kind are alike, so that sorting and quoting the names of each would be most of the work. */
const shapes = new Map<number, Shape[]>();
const shapesOfSize = 16;

/** Text that JSON writes as it is. Lone surrogates are escaped, so that all of them are looked at. */
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/**
 * JSON with one form for one value (RFC 8785): members ordered by UTF-16 code units, numbers and strings as ECMAScript
 * writes them. Equal values give equal bytes, which hashes and digests rest on. Undefined members are left out.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string' && plain.test(value)) return `"${value}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    let items = '';
    // As JSON has it: what is undefined in a list stands there as null.
    for (const item of value) items += `${items === '' ? '[' : ','}${canonicalJson(item ?? null)}`;
    return items === '' ? '[]' : `${items}]`;
  }
  const { sorted, first, further } = shapeOf(Object.keys(value));
  let members = '';
  for (let index = 0; index < sorted.length; index += 1) {
    const member = (value as Record<string, unknown>)[sorted[index] as string];
    if (member === undefined) continue;
    members += (members === '' ? first : further)[index] as string;
    members += canonicalJson(member);
  }
  return members === '' ? '{}' : `${members}}`;
}

function shapeOf(names: readonly string[]): Shape {
  const alike = shapes.get(names.length) ?? [];
  const known = alike.find((shape) => isSame(shape.names, names));
  if (known) return known;
  const sorted = [...names].sort();
  const quoted = sorted.map((name) => `${JSON.stringify(name)}:`);
  const shape = { names, sorted, first: quoted.map((name) => `{${name}`), further: quoted.map((name) => `,${name}`) };
  // Members may be data, like country codes: only the latest shapes are kept.
  shapes.set(names.length, [shape, ...alike.slice(0, shapesOfSize - 1)]);
  return shape;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
