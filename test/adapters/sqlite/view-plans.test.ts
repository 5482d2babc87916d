import { Database, type Statement } from '#lib/adapters/sqlite/database.js';
import { SqliteRecords } from '#lib/adapters/sqlite/records.js';
import { recordsFile, viewsFile } from '#lib/adapters/sqlite/schema.js';
import { findDocs } from '#lib/adapters/sqlite/view-find.js';
import { ViewTables } from '#lib/adapters/sqlite/view-tables.js';
import type { AnyProjection } from '#lib/engine/model/projection.js';
import type { Condition, Find, QueryContext, RecordFind } from '#lib/engine/model/query.js';
import { views } from '#lib/views/views.js';

/** Answers anything that a query or a document is asked for, so that every list says what it looks for. */
const anything: never = new Proxy({}, { get: () => 'x' }) as never;
const context = { now: '2026-01-01T00:00:00.000Z', caller: { installation: true } } as QueryContext;

/** Notes what SQLite means to do for each text instead of doing it. */
class Explaining extends Database {
  readonly plans: string[] = [];

  override sql(text: string): Statement {
    if (!text.includes('ORDER BY')) return super.sql(text);
    return {
      ...super.sql(text),
      all: (...values) => {
        const steps = super.sql(`EXPLAIN QUERY PLAN ${text}`).all(...values);
        this.plans.push(steps.map((step) => String(step[3])).join('; '));
        return [];
      },
    };
  }
}

const lists = views.flatMap(({ queries }) =>
  queries.flatMap((handling) => {
    if (handling.answers === 'one') return [];
    const find = handling.find(anything, { get: () => anything, events: () => [] }, context) as
      Find | RecordFind | null;
    if (!find) throw new Error(`${handling.query.type} looks for nothing.`);
    if ('table' in find) return [];
    return [{ list: handling.query.type, find, filters: handling.filters ?? [] }];
  }),
);

describe('Every list is read from an index, in order', () => {
  const db = new Explaining('file::memory:', 'memory');
  db.exec(viewsFile.schema);
  const tables = new ViewTables(db);
  for (const { projection } of views) {
    if (!projection) continue;
    const version = { view: projection.name, version: projection.version };
    tables.make(version, projection.kinds);
    tables.index(version);
  }
  afterAll(() => db.close());

  const plansOf = ({ view, kind, where, orderBy, descending }: Find, filter: Record<string, Condition>) => {
    const { name, version }: AnyProjection = view;
    const table = tables.at({ view: name, version }, kind);
    const request = { view: name, version, kind, where: { ...filter, ...where }, orderBy, limit: 50 };
    db.plans.length = 0;
    for (const after of [null, { value: 'x', key: 'x' }]) {
      findDocs(db, table, { ...request, descending: descending ?? false, after });
    }
    return db.plans;
  };

  it.each(lists)('$list', ({ find }) => {
    const plans = plansOf(find, {});
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) {
      expect(plan).toMatch(/USING INDEX/);
      expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
    }
  });

  it.each(lists.flatMap(({ list, find, filters }) => filters.map((filter) => ({ list, find, filter }))))(
    '$list, filtered by $filter',
    ({ find, filter }) => {
      for (const plan of plansOf(find, { [filter]: { eq: 'x' } })) expect(plan).toMatch(/USING INDEX/);
    },
  );
});

it('Every list of records is read from their index, in order', async () => {
  const db = new Explaining('file::memory:', 'memory');
  db.exec(recordsFile.schema);
  const records = new SqliteRecords(() => db, anything);
  await records.list({ table: 'people', after: 'x.', afterKey: '', upTo: 'x.y', limit: 50 });
  expect(db.plans).toEqual(['SEARCH records USING INDEX records_listed (table=? AND (sort,key)>(?,?) AND sort<?)']);
  db.close();
});
