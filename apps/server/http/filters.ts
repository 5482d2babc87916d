import type { Condition, View } from '#lib/engine/model/query.js';
import type { Refusal } from '#lib/engine/model/refusal.js';
import { limits } from './limits.js';
import { fault } from './problems.js';

/** What `filter[field][op]=` may name in a list, and what its values are. */
export type FilterTypes = ReadonlyMap<string, 'text' | 'number'>;

export const filterWords = ['eq', 'in', 'gt', 'gte', 'lt', 'lte', 'prefix'] as const;
type FilterWord = (typeof filterWords)[number];

/** Looks up the declared fields behind a list's filters: in its own view, else wherever the name is declared. */
export function filtersOf(query: string, fields: readonly string[], view: View, views: readonly View[]): FilterTypes {
  const own = view.projection ? [view] : [];
  return new Map(
    fields.map((field) => {
      const types = [typesOf(field, own), typesOf(field, views)].find((found) => found.size > 0) ?? new Set();
      const [type] = types;
      if (types.size !== 1 || type === undefined) {
        throw new Error(
          `${query} filters by ${field}, which is ${type ? 'a field of two types' : 'no declared field'}.`,
        );
      }
      return [field, type];
    }),
  );
}

function typesOf(field: string, views: readonly View[]): ReadonlySet<'text' | 'number'> {
  const kinds = views.flatMap(({ projection }) => Object.values(projection?.kinds ?? {}));
  const types = kinds.map((kind) => kind.fields?.[field]);
  return new Set(types.filter((type) => type !== undefined));
}

/** Reads the value of one `filter[field][word]`; a fault is added and null returned if it is none. */
export function readCondition(
  name: string,
  value: string,
  filters: FilterTypes,
  faults: Refusal[],
): { field: string; condition: Condition } | null {
  const [, field = '', asked = ''] = /^filter\[(\w+)\]\[(\w+)\]$/.exec(name) ?? [];
  const type = filters.get(field);
  const word = filterWords.find((known) => known === asked);
  if (type === undefined || word === undefined || (word === 'prefix' && type === 'number')) {
    faults.push(fault('PARAMETER_INVALID', `${name} is no filter of this list.`));
    return null;
  }
  const words = word === 'in' ? value.split(',') : [value];
  const values = words.map((text) => typed(field, text, type));
  if (values.length > limits.filterWords || values.some((item) => item === null)) {
    const wanted = type === 'number' ? 'a number' : 'a text';
    faults.push(
      fault(
        'PARAMETER_INVALID',
        `${name} takes ${word === 'in' ? `up to ${limits.filterWords} values: ` : ''}${wanted}.`,
      ),
    );
    return null;
  }
  return {
    field,
    condition: conditionOf(
      word,
      values.filter((item) => item !== null),
    ),
  };
}

/** Tenants' GUIDs are lower-cased on entry here too. */
function typed(field: string, text: string, type: 'text' | 'number'): string | number | null {
  if (type === 'text') return field === 'tenantId' ? text.toLowerCase() : text;
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : null;
}

function conditionOf(word: FilterWord, values: readonly (string | number)[]): Condition {
  const [first = ''] = values;
  switch (word) {
    case 'in':
      return { in: values };
    case 'prefix':
      return { prefix: String(first) };
    case 'eq':
      return { eq: first };
    case 'gt':
      return { gt: first };
    case 'gte':
      return { gte: first };
    case 'lt':
      return { lt: first };
    case 'lte':
      return { lte: first };
  }
}
