import { canonicalJson } from '../model/canonical.js';
import type { Owner } from '../model/aggregate.js';
import type { QueryClass } from '../model/message.js';
import type { QueryContext } from '../model/query.js';
import type { Position } from '../ports/event-store.js';

/** Everything that an answer follows from, and the answer: asked again with these as of the position, it is the same. */
export interface Receipt {
  /** Stored name of the query. */
  readonly query: string;
  readonly input: object;
  readonly caller: Owner;
  readonly now: string;
  /** Where the log ended for the answer: exactly, not at least. */
  readonly position: Position;
  /** Version of what decides, as the query declares it. */
  readonly policy: number;
  readonly answer: object;
}

/** Throws for a query that gives no receipts. */
export function receiptFor(query: object, { caller, now }: QueryContext, position: Position, answer: object): Receipt {
  const { type, http } = query.constructor as QueryClass;
  if (http.receipt === undefined) throw new Error(`${type} gives no receipts.`);
  return { query: type, input: { ...query }, caller, now, position, policy: http.receipt, answer };
}

/** One form for one receipt: canonical JSON (RFC 8785), on one line. */
export function receiptText(receipt: Receipt): string {
  return canonicalJson(receipt);
}

/** Null: it is no receipt. Whether its query is known, and its input fits, is not looked at. */
export function readReceipt(text: string): Receipt | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { query, input, caller, now, position, policy, answer } = value;
  const areTexts = [query, now, position].every((part) => typeof part === 'string');
  const areObjects = [input, caller, answer].every(isObject);
  return areTexts && areObjects && Number.isInteger(policy) ? (value as unknown as Receipt) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
