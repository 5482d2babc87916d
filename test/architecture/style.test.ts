import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { filesUnder, root, textOf } from './tree.js';

const code = filesUnder('apps', 'libs', 'test', 'infra').filter((path) => /[.](ts|tsx|mjs|cjs|js)$/.test(path));
const product = code.filter((path) => /^(apps|libs)\//.test(path));

describe('the tree', () => {
  it('has the agreed top level and nothing beside it', () => {
    const folders = ['apps', 'libs', 'test', 'infra'];
    const files = [
      'nest-cli.json',
      'package.json',
      'tsconfig.json',
      'README.md',
      'package-lock.json',
      'eslint.config.js',
    ];
    const ignored = textOf('.gitignore')
      .split('\n')
      .map((line) => line.replace(/\/$/, ''));
    const isIgnored = (name: string) =>
      ignored.some((pattern) => pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1))));
    const present = readdirSync(root).filter((name) => !name.startsWith('.') && !isIgnored(name));
    expect(present.filter((name) => ![...folders, ...files].includes(name))).toEqual([]);
    expect(folders.filter((name) => !present.includes(name))).toEqual([]);
  });

  it('shows its ideas in `ls`: no src folders, no index files, names in kebab-case', () => {
    const name = /^[a-z0-9]+(-[a-z0-9]+)*([.](test|d|module|controller))?[.](ts|tsx|mjs|cjs|js)$/;
    const wrong = code.filter(
      (path) => path.split('/').includes('src') || /^index[.]/.test(basename(path)) || !name.test(basename(path)),
    );
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  it('have at most 300 lines', () => {
    const lines = (path: string) => textOf(path).trimEnd().split('\n').length;
    expect(code.filter((path) => lines(path) > 300).map((path) => `${path}: ${lines(path)}`)).toEqual([]);
  });

  it('are finished: no notes of what is left to do', () => {
    const note = /\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b/;
    expect(code.filter((path) => note.test(textOf(path)))).toEqual([]);
  });

  it('spell "license" the American way', () => {
    expect(code.filter((path) => /licen[c]e/i.test(textOf(path)))).toEqual([]);
  });

  it('have no default exports, enums or barrels', () => {
    const banned = /^export (default|(const )?enum|\*|(type )?\{[^}]*\} from)\b/m;
    expect(product.filter((path) => banned.test(textOf(path)))).toEqual([]);
  });
});
