import type { RecordChange, RecordRow, Records } from '#lib/engine/ports/records.js';

/** Rows in memory, with the answers of the real port. */
export function recordsInMemory(): Records {
  const rows = new Map<string, RecordRow>();
  const at = (table: string, key: string) => `${table}/${key}`;
  const isAsExpected = ({ table, key, expect }: RecordChange) => {
    const found = rows.get(at(table, key));
    return expect === 'any' || (expect === 'none' ? !found : found?.version === expect);
  };
  return {
    get: async (table, key) => rows.get(at(table, key)) ?? null,
    async list({ table, after, afterKey, upTo, limit }) {
      const order = ({ sort, key }: RecordRow) => `${sort} ${key}`;
      const isAfter = ({ sort, key }: RecordRow) =>
        after === undefined || (sort ?? '') > after || (sort === after && afterKey !== undefined && key > afterKey);
      return [...rows.values()]
        .filter((row) => row.table === table && row.sort !== null && isAfter(row) && (!upTo || row.sort <= upTo))
        .sort((a, b) => (order(a) < order(b) ? -1 : 1))
        .slice(0, limit);
    },
    async transact(changes) {
      const wrong = changes.find((change) => !isAsExpected(change));
      if (wrong) return { ok: false, table: wrong.table, key: wrong.key };
      for (const { table, key, value, sort = null } of changes) {
        const version = (rows.get(at(table, key))?.version ?? 0) + 1;
        if (value === null) rows.delete(at(table, key));
        else rows.set(at(table, key), { table, key, version, sort, value });
      }
      return { ok: true };
    },
    async *snapshot() {
      const order = ({ table, key }: RecordRow) => `${table} ${key}`;
      yield [...rows.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
    },
    erase: async (table, key) => void rows.delete(at(table, key)),
    close: async () => {},
  };
}
