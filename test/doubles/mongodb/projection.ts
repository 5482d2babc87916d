import type { Document } from 'bson';
import { notKnown, ServerError } from './errors.js';
import { evaluate, isTruthy } from './expressions.js';
import { isNumeric } from './numbers.js';
import { isDocument } from './paths.js';

/** Fields by the parts of their paths; a leaf is an empty map. */
type Tree = Map<string, Tree>;

/** A projection of find or of $project: fields to keep or to leave out, and with those to keep also computed ones. */
export function projected(projection: Document, now: Date): (document: Document) => Document {
  const kept: string[] = [];
  const left: string[] = [];
  const computed: [string, unknown][] = [];
  for (const [path, value] of Object.entries(projection)) {
    if (path.includes('$')) throw notKnown(`the projection of ${path}`);
    if (typeof value === 'boolean' || isNumeric(value)) (isTruthy(value) ? kept : left).push(path);
    else computed.push([path, value]);
  }
  if (computed.some(([path]) => path.includes('.'))) throw notKnown('a computed field inside of another one');
  const isInclusion = computed.length > 0 || kept.some((path) => path !== '_id') || left.length === 0;
  if (isInclusion && left.some((path) => path !== '_id'))
    throw new ServerError('BadValue', 'A projection either keeps fields or leaves fields out.');
  if (Object.keys(projection).length === 0) return (document) => document;
  if (!isInclusion) {
    const tree = treeOf(left);
    return (document) => excluded(document, tree);
  }
  const tree = treeOf(left.includes('_id') ? kept : ['_id', ...kept]);
  return (document) => {
    const values = computed.map(([name, expression]) => [name, evaluate(expression, { document, now })] as const);
    return { ...included(document, tree), ...Object.fromEntries(values.filter(([, value]) => value !== undefined)) };
  };
}

function treeOf(paths: readonly string[]): Tree {
  const root: Tree = new Map();
  for (const path of paths) {
    let node = root;
    for (const part of path.split('.')) {
      const next: Tree = node.get(part) ?? new Map<string, Tree>();
      node.set(part, next);
      node = next;
    }
  }
  return root;
}

/** In the order that the document has its fields in. */
function included(document: Document, tree: Tree): Document {
  const result: Document = {};
  for (const [name, value] of Object.entries(document)) {
    const inner = tree.get(name);
    if (!inner) continue;
    if (inner.size === 0) result[name] = value;
    else if (isDocument(value)) result[name] = included(value, inner);
    else if (Array.isArray(value)) result[name] = value.filter(isDocument).map((element) => included(element, inner));
  }
  return result;
}

function excluded(document: Document, tree: Tree): Document {
  const result: Document = {};
  for (const [name, value] of Object.entries(document)) {
    const inner = tree.get(name);
    if (!inner) result[name] = value;
    else if (inner.size === 0) continue;
    else if (isDocument(value)) result[name] = excluded(value, inner);
    else if (Array.isArray(value))
      result[name] = value.map((element: unknown) => (isDocument(element) ? excluded(element, inner) : element));
    else result[name] = value;
  }
  return result;
}
