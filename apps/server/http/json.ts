import { isUtf8 } from 'node:buffer';
import { limits } from './limits.js';

/** A body that is no JSON as we read it. A value, not an exception: Fastify closes the connection on those. */
export class MalformedJson {
  constructor(readonly detail: string) {}
}

/**
 * Reads JSON strictly: UTF-8, no key twice in an object (however it is escaped), no `__proto__`, no number or string that
 * would not survive being stored, nested at most 32 deep. Nothing at all is `undefined`.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) return new MalformedJson('The body is not valid UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new MalformedJson('The body is not valid JSON.');
  }
  const walk: Walk = { keys: 0, fault: null, escapes: text.includes('\\u') };
  visit(value, 1, walk);
  if (walk.fault !== null) return new MalformedJson(walk.fault);
  // JSON.parse keeps the last of equal keys, so fewer keys than colons means that one stood there twice.
  return walk.keys === colons(text) ? value : new MalformedJson('An object of the body has the same key twice.');
}

interface Walk {
  keys: number;
  fault: string | null;
  /** Only an escape can smuggle half a surrogate pair into valid UTF-8. */
  readonly escapes: boolean;
}

function visit(value: unknown, depth: number, walk: Walk): void {
  if (typeof value === 'string') {
    if (walk.escapes && !isWellFormed(value)) walk.fault = 'A string of the body holds half a surrogate pair.';
  } else if (typeof value === 'number') {
    if (!isExact(value)) walk.fault = 'A number of the body is too large to be kept exactly, or is -0.';
  } else if (typeof value === 'object' && value !== null) {
    if (depth > limits.jsonDepth) walk.fault = `The body is nested deeper than ${limits.jsonDepth} levels.`;
    else if (Array.isArray(value)) for (const item of value) visit(item, depth + 1, walk);
    else visitKeys(value as Record<string, unknown>, depth, walk);
  }
}

function visitKeys(object: Record<string, unknown>, depth: number, walk: Walk): void {
  for (const key of Object.keys(object)) {
    walk.keys += 1;
    if (key === '__proto__') walk.fault = 'The key __proto__ is refused.';
    else if (walk.escapes && !isWellFormed(key)) walk.fault = 'A key of the body holds half a surrogate pair.';
    visit(object[key], depth + 1, walk);
  }
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) && !Object.is(value, -0) : Number.isFinite(value);
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Colons outside strings of a text that is valid JSON: one for each key. */
function colons(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === colon) count += 1;
    else if (char === quote) at = endOfString(text, at + 1);
  }
  return count;
}

function endOfString(text: string, from: number): number {
  let at = from;
  for (let char = text.charCodeAt(at); char !== quote; char = text.charCodeAt(at)) at += char === backslash ? 2 : 1;
  return at;
}
