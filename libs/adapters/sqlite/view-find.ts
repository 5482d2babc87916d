import type { Condition } from '../../engine/model/query.js';
import { endOfPrefix } from '../../engine/ports/text-order.js';
import type { FindRequest, FoundDoc } from '../../engine/ports/view-store.js';
import type { Bindable, Database } from './database.js';
import { fieldOut, fieldValue, parseDoc } from './view-docs.js';
import type { FieldColumn, KindTable } from './view-tables.js';

interface Clause {
  readonly sql: string;
  readonly values: readonly Bindable[];
}

/** Null is a range of its own, so that each range is read straight from an index. */
export function findDocs(db: Database, table: KindTable, request: FindRequest): readonly FoundDoc[] {
  const { orderBy, descending, limit } = request;
  const order = columnOf(table, orderBy);
  const where = Object.entries(request.where).map(([field, condition]) => clauseOf(columnOf(table, field), condition));
  const direction = descending ? 'DESC' : 'ASC';
  const found: FoundDoc[] = [];
  for (const range of rangesOf(order.column, request)) {
    if (found.length >= limit) break;
    const clauses = [range, ...where];
    const rows = db
      .sql(
        `SELECT key, json, ${fieldOut(order)} FROM ${table.name}
         WHERE ${clauses.map(({ sql }) => sql).join(' AND ')}
         ORDER BY ${order.column} ${direction}, key ${direction} LIMIT ?`,
      )
      .all(...clauses.flatMap(({ values }) => values), limit - found.length);
    for (const [key, json, value] of rows) {
      found.push({ key: key as string, doc: parseDoc(json), value: fieldValue(value) });
    }
  }
  return found;
}

/** What lies behind the last row of the page before, in order. */
function rangesOf(column: string, { descending, after }: FindRequest): readonly Clause[] {
  const beyond = descending ? '<' : '>';
  const nulls: Clause = { sql: `${column} IS NULL`, values: [] };
  const others: Clause = { sql: `${column} IS NOT NULL`, values: [] };
  if (after === null) return descending ? [others, nulls] : [nulls, others];
  if (after.value === null) {
    const restOfNulls = { sql: `${column} IS NULL AND key ${beyond} ?`, values: [after.key] };
    return descending ? [restOfNulls] : [restOfNulls, others];
  }
  const restOfOthers = { sql: `(${column}, key) ${beyond} (?, ?)`, values: [after.value, after.key] };
  return descending ? [restOfOthers, nulls] : [restOfOthers];
}

function clauseOf(field: FieldColumn, condition: Condition): Clause {
  const { column } = field;
  const one = (operator: string, value: string | number) => {
    check(field, value);
    return { sql: `${column} ${operator} ?`, values: [value] };
  };
  if ('eq' in condition) return one('=', condition.eq);
  if ('gt' in condition) return one('>', condition.gt);
  if ('gte' in condition) return one('>=', condition.gte);
  if ('lt' in condition) return one('<', condition.lt);
  if ('lte' in condition) return one('<=', condition.lte);
  if ('prefix' in condition) return prefixed(field, condition.prefix);
  for (const value of condition.in) check(field, value);
  return { sql: `${column} IN (${condition.in.map(() => '?').join(', ')})`, values: condition.in };
}

function prefixed(field: FieldColumn, prefix: string): Clause {
  check(field, prefix);
  const end = endOfPrefix(prefix);
  if (end === null) return { sql: `${field.column} >= ?`, values: [prefix] };
  return { sql: `${field.column} >= ? AND ${field.column} < ?`, values: [prefix, end] };
}

function columnOf(table: KindTable, field: string): FieldColumn {
  const column = table.fields.find((candidate) => candidate.field === field);
  if (!column) throw new Error(`${table.kind} has no declared field ${field}.`);
  return column;
}

function check({ field, type }: FieldColumn, value: string | number): void {
  if (typeof value === (type === 'text' ? 'string' : 'number')) return;
  throw new Error(`${field} is compared with a ${typeof value}, and holds ${type}.`);
}
