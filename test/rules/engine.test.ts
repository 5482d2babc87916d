import { join } from 'node:path';

type Kind = 'embedded' | 'KurrentDB' | 'MongoDB';
interface Row {
  readonly number: string;
  readonly states: string;
  readonly on: Readonly<Record<Kind, string>>;
}
interface Run {
  readonly file: string;
  readonly project: string;
  readonly tests: readonly { readonly title: string; readonly ancestors: readonly string[]; readonly status: string }[];
}
type Table = readonly (Row & { readonly missing: readonly Kind[] })[];
/** A plain script, since jest loads its reporters as they are; the compiler does not see it. */
const script = join(import.meta.dirname, 'engine.mjs');
const { readEngine, judgeEngine, faultsOfEngine } = (await import(script)) as {
  readEngine(): readonly Row[];
  judgeEngine(runs: readonly Run[], rows?: readonly Row[]): Table;
  faultsOfEngine(table: Table): readonly string[];
};

const row: Row = {
  number: '§8.7',
  states: 'It holds.',
  on: { embedded: 'yes', KurrentDB: 'it has none of it', MongoDB: 'yes' },
};
const run = (title: string, ancestors: readonly string[] = [], more: Partial<Run> & { status?: string } = {}): Run => {
  const { file = 'engine/x.test.ts', project = 'embedded', status = 'passed' } = more;
  return { file, project, tests: [{ title, ancestors, status }] };
};
const missing = (...runs: readonly Run[]) => judgeEngine(runs, [row])[0]?.missing;

describe('what the engine withstands', () => {
  it('is numbered from §8.1 to §8.20; everything holds on some store, and where it has no meaning a reason is given', () => {
    const rows = readEngine();
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => `§8.${index + 1}`));
    expect(rows.filter(({ states }) => !/^[A-Z].{20,}[.]$/.test(states))).toEqual([]);
    const cells = rows.flatMap(({ on }) => Object.values(on));
    expect(cells.filter((cell) => cell !== 'yes' && cell.split(' ').length < 3)).toEqual([]);
    expect(rows.filter(({ on }) => !Object.values(on).includes('yes'))).toEqual([]);
  });
});

describe('a test proves it', () => {
  it('on the stores that a group around it names, on each of them', () => {
    expect(missing(run('§8.7 holds', ['on the embedded store']))).toEqual(['MongoDB']);
    expect(missing(run('holds', ['on KurrentDB (double) + MongoDB (double)', '§8.7 a commit']))).toEqual(['embedded']);
    const both = run('§8.7 holds', ['from the embedded store to KurrentDB and MongoDB']);
    expect(missing(both)).toEqual([]);
  });

  it('on those that its file’s folder, or its run, is on; else on the embedded one', () => {
    expect(missing(run('§8.7 holds', [], { file: 'adapters/mongodb/x.test.ts' }))).toEqual(['embedded']);
    expect(missing(run('§8.7 holds', [], { project: 'KurrentDB + MongoDB' }))).toEqual(['embedded']);
    expect(missing(run('§8.7 holds'))).toEqual(['MongoDB']);
  });

  it('only if it passed, and is named by its whole number', () => {
    expect(missing(run('§8.7 holds', [], { status: 'failed' }))).toEqual(['embedded', 'MongoDB']);
    expect(missing(run('§8.7 holds', [], { status: 'pending' }))).toEqual(['embedded', 'MongoDB']);
    for (const title of ['§8.70 holds', '§8.17 holds', 'holds (§8.7)']) {
      expect(missing(run(title))).toEqual(['embedded', 'MongoDB']);
    }
  });

  it('is missing by name of the number and of the stores', () => {
    expect(faultsOfEngine(judgeEngine([run('§8.7 holds')], [row]))).toEqual(['§8.7: a test on MongoDB']);
  });
});
