import type { AsOf } from '#lib/engine/history/history.js';
import type { Condition } from '#lib/engine/model/query.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import type { Position } from '#lib/engine/ports/event-store.js';
import { readAsOf } from '#lib/engine/history/as-of.js';
import { readCondition } from './filters.js';
import { limits } from './limits.js';
import { fault } from './problems.js';
import type { Route } from './routes.js';
import { parameterCheck } from './shape-check.js';

/** What a query string says. */
export interface Search {
  /** The message's own fields. */
  readonly fields: object;
  readonly after: Position | null;
  readonly asOf: AsOf | null;
  readonly receipt: boolean;
  readonly waitMs: number;
  readonly dryRun: boolean;
  readonly limit: number;
  readonly cursor: string | null;
  readonly filter: Readonly<Record<string, Condition>>;
}

/** Reads the text behind `?`; adds to the faults what is wrong with it. */
export type SearchReader = (text: string, faults: Refusal[]) => Search;

const usual: Search = {
  fields: {},
  after: null,
  asOf: null,
  receipt: false,
  waitMs: limits.usualWaitMs,
  dryRun: false,
  limit: limits.usualPageRows,
  cursor: null,
  filter: {},
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<Omit<Search, 'fields' | 'filter'>> & { filter: Record<string, Condition> };
/** Puts a parameter's value into the draft; false if it is none. */
type Parameter = (value: string, draft: Draft) => boolean;

/** The parameters that each kind of route takes beside its message's fields. Whatever is not named here is a 400. */
export function protocolParameters(
  route: Route,
  isPosition: (text: string) => boolean,
): Readonly<Record<string, Parameter>> {
  const waiting = { after: after(isPosition), ...(route.http.asOf && { asOf: asOf(isPosition) }), wait };
  switch (route.kind) {
    case 'command':
      return { ...waiting, dryRun };
    case 'one':
      return { ...waiting, ...(route.http.receipt !== undefined && { receipt }) };
    case 'list':
      return { ...waiting, limit, cursor };
    case 'action':
      return route.action.lists ? { ...waiting, limit, cursor } : waiting;
  }
}

const after =
  (isPosition: (text: string) => boolean): Parameter =>
  (value, draft) => {
    draft.after = value;
    return isPosition(value);
  };

const asOf =
  (isPosition: (text: string) => boolean): Parameter =>
  (value, draft) => {
    draft.asOf = readAsOf(value, isPosition);
    return draft.asOf !== null;
  };

const wait: Parameter = (value, draft) => {
  draft.waitMs = Number(value);
  return /^\d{1,4}$/.test(value) && draft.waitMs <= limits.waitMs;
};

const dryRun: Parameter = (value, draft) => {
  draft.dryRun = value === 'true';
  return value === 'true' || value === 'false';
};

const receipt: Parameter = (value, draft) => {
  draft.receipt = value === 'true';
  return value === 'true' || value === 'false';
};

const limit: Parameter = (value, draft) => {
  draft.limit = Number(value);
  return /^[1-9]\d{0,2}$/.test(value) && draft.limit <= limits.pageRows;
};

const cursor: Parameter = (value, draft) => {
  draft.cursor = value;
  return value.length > 0;
};

/** What a valid value looks like, for the one who sent another. */
const wanted: Readonly<Record<string, string>> = {
  after: 'a position that this installation answered',
  asOf: 'an instant like 2026-03-01T12:00:00Z (a + of its offset sent as %2B) or a position that this installation answered',
  wait: `milliseconds from 0 to ${limits.waitMs}`,
  dryRun: 'true or false',
  receipt: 'true or false',
  limit: `a number from 1 to ${limits.pageRows}`,
  cursor: 'what an earlier page answered as next',
};

/** Prepares the reading of one route's query strings. */
export function searchReader(route: Route, isPosition: (text: string) => boolean): SearchReader {
  const parameters = new Map(Object.entries(protocolParameters(route, isPosition)));
  const own = new Set(Object.keys(route.parts.search.properties));
  for (const name of own) {
    if (parameters.has(name)) throw new Error(`${route.name}.${name} has the name of a parameter of every such route.`);
  }
  const check = own.size > 0 ? parameterCheck(route.parts.search) : null;
  const filters = route.kind === 'list' ? route.filters : null;
  return (text, faults) => {
    if (text === '' && !check) return usual;
    const draft: Draft = { ...usual, filter: {} };
    const fields: Record<string, string> = {};
    for (const [name, value] of pairs(text, faults)) {
      const parameter = parameters.get(name);
      if (own.has(name)) fields[name] = value;
      else if (parameter) {
        if (!parameter(value, draft)) faults.push(fault('PARAMETER_INVALID', `${name} must be ${wanted[name]}.`));
      } else if (filters && name.startsWith('filter[')) {
        const read = readCondition(name, value, filters, faults);
        if (read && Object.hasOwn(draft.filter, read.field)) {
          faults.push(fault('PARAMETER_INVALID', `${read.field} is filtered by twice.`));
        } else if (read) draft.filter[read.field] = read.condition;
      } else faults.push(fault('PARAMETER_INVALID', `${name.slice(0, 100)} is no parameter of this route.`));
    }
    if (draft.after !== null && draft.asOf !== null) {
      faults.push(
        fault('PARAMETER_INVALID', 'after and asOf exclude each other: an earlier state is waited for by itself.'),
      );
    }
    check?.(fields, faults);
    return { ...draft, fields };
  };
}

/** Names and values of a query string. Bad encoding, a name given twice and overlong values are faults. */
function pairs(text: string, faults: Refusal[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decoded(equals < 0 ? part : part.slice(0, equals));
    const value = decoded(equals < 0 ? '' : part.slice(equals + 1));
    if (name === null || value === null) {
      faults.push(
        fault('PARAMETER_INVALID', 'The query string is not percent-encoded UTF-8 without control characters.'),
      );
    } else if (found.has(name)) {
      faults.push(fault('PARAMETER_INVALID', `${name.slice(0, 100)} is given twice.`));
    } else if (value.length > limits.parameterLength) {
      faults.push(
        fault('PARAMETER_INVALID', `${name.slice(0, 100)} is longer than ${limits.parameterLength} characters.`),
      );
    } else found.set(name, value);
  }
  return found;
}

function decoded(text: string): string | null {
  try {
    const plain = decodeURIComponent(text.replaceAll('+', ' '));
    return hasControls(plain) ? null : plain;
  } catch {
    return null;
  }
}

/** No ID, word or position of ours holds one, and stores differ in what they make of them. */
export function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
