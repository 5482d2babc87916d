/** What of a run was proved on which stores. */

/** As describe blocks name servers: `on KurrentDB (double) + MongoDB`. */
const named = /(?:^|: |on |\+ )(KurrentDB|MongoDB)( \(double\))?(?= \+ |$)/g;
const servers = ['KurrentDB', 'MongoDB'];

/** By the titles around a test; else by where it is: `area`, a folder below `test`. */
function storesOf({ area, isOnPair, ancestors }, real) {
  const onServer = (name, isDouble) => `${name}: ${isDouble || !real[name] ? 'double' : real[name]}`;
  const found = ancestors.flatMap((title) => [...title.matchAll(named)]);
  if (found.length > 0) return found.map(([, name, isDouble]) => onServer(name, isDouble)).join(', ');
  if (isOnPair) return servers.map((name) => onServer(name, real[name] === null)).join(', ');
  const own = servers.find((name) => area.endsWith(name.toLowerCase()));
  return own ? onServer(own, true) : 'SQLite: data folder';
}

/**
 * Rows of the table: what, on which stores, and how many tests passed, failed, were skipped. Of `tests` each says its area,
 * the titles around it, its status, and whether the run gave it both servers; `real` has the real servers by name, or null.
 */
export function rowsOf(tests, real) {
  const rows = new Map();
  for (const test of tests) {
    const stores = storesOf(test, real);
    const key = `${test.area}\n${stores}`;
    const row = rows.get(key) ?? { what: test.area, stores, passed: 0, failed: 0, skipped: 0 };
    row[test.status === 'passed' || test.status === 'failed' ? test.status : 'skipped'] += 1;
    rows.set(key, row);
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const columns = ['what', 'stores', 'passed', 'failed', 'skipped'];

/** Columns as wide as what stands in them; numbers to the right. */
export function tableOf(rows) {
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at].length)));
  const aligned = (line) => line.map((cell, at) => (at < 2 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])));
  return cells.map((line) => aligned(line).join('  ').trimEnd()).join('\n');
}
