import { join } from 'node:path';

interface Test {
  readonly area: string;
  readonly isOnPair: boolean;
  readonly ancestors: readonly string[];
  readonly status: string;
}
type Real = Readonly<Record<'KurrentDB' | 'MongoDB', string | null>>;
/** A plain script, since jest loads its reporters as they are; the compiler does not see it. */
const script = join(import.meta.dirname, 'stores-table.mjs');
const { rowsOf, tableOf } = (await import(script)) as {
  rowsOf(tests: readonly Test[], real: Real): readonly object[];
  tableOf(rows: readonly object[]): string;
};

const test = (area: string, title: string, status = 'passed', isOnPair = false): Test => {
  return { area, isOnPair, ancestors: [title, 'reading'], status };
};
const real: Real = { KurrentDB: '24.6.0 at 127.0.0.1:2113', MongoDB: null };

describe('The table of what ran on which stores', () => {
  it('tells servers by the titles around a test, else by where it is', () => {
    const tests = [
      test('adapters/kurrentdb', 'KurrentDB (double)'),
      test('adapters/kurrentdb', 'KurrentDB'),
      test('adapters/kurrentdb', 'KurrentDB', 'failed'),
      // Of which no title names a server: faults on demand, which a double alone has.
      test('adapters/kurrentdb', 'An append to KurrentDB'),
      test('adapters/mongodb', 'on MongoDB (double)', 'pending'),
      test('doubles/mongodb', 'transactions: MongoDB (double)'),
      test('engine', 'on the embedded store'),
      test('engine', 'on KurrentDB + MongoDB (double)'),
      test('acceptance', 'E9 a conflict', 'passed', true),
    ];
    expect(tableOf(rowsOf(tests, real))).toBe(
      `
what                stores                                                passed  failed  skipped
acceptance          KurrentDB: 24.6.0 at 127.0.0.1:2113, MongoDB: double       1       0        0
adapters/kurrentdb  KurrentDB: 24.6.0 at 127.0.0.1:2113                        1       1        0
adapters/kurrentdb  KurrentDB: double                                          2       0        0
adapters/mongodb    MongoDB: double                                            0       0        1
doubles/mongodb     MongoDB: double                                            1       0        0
engine              KurrentDB: 24.6.0 at 127.0.0.1:2113, MongoDB: double       1       0        0
engine              SQLite: data folder                                        1       0        0`.slice(1),
    );
  });

  it('says of both servers what a run on both has', () => {
    const pair = test('acceptance', 'offers', 'passed', true);
    expect(rowsOf([pair], { KurrentDB: null, MongoDB: '8.0.4 at db' })).toEqual([
      { what: 'acceptance', stores: 'KurrentDB: double, MongoDB: 8.0.4 at db', passed: 1, failed: 0, skipped: 0 },
    ]);
  });
});
