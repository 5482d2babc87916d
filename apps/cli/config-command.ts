import { options, readOptions, type Config, type ReadConfig } from '#lib/product/config/config.js';
import { fileVariable } from '#lib/product/config/given.js';
import type { Surroundings } from './surroundings.js';
import { textTable } from './text-table.js';

interface Setting {
  readonly variable: string;
  /** Null: not shown, since it is secret, or not set. */
  readonly value: string | null;
  readonly from: string;
}

/** Prints every option: its variable, what it is, and where that comes from. */
export function showConfig(json: boolean, { environment, stdout }: Surroundings): void {
  const settings = settingsOf(readOptions(environment), environment);
  stdout.write(json ? `${JSON.stringify(settings)}\n` : table(settings));
}

function settingsOf({ config, given }: ReadConfig, environment: Surroundings['environment']): Setting[] {
  const names = Object.keys(options) as (keyof Config)[];
  return names.map((name) => {
    const option = options[name];
    const { text, from } = given[name];
    const isHidden = 'secret' in option && from !== 'default';
    const inEffect: unknown = config[name];
    const value = isHidden ? null : text || (typeof inEffect === 'string' ? inEffect : '') || null;
    const isNotSet = from === 'default' && text === '' && value === null;
    const file = environment[fileVariable(option.variable)] ?? '';
    return { variable: option.variable, value, from: isNotSet ? 'not set' : from === 'file' ? `file ${file}` : from };
  });
}

function table(settings: readonly Setting[]): string {
  const shown = ({ value, from }: Setting): string => value ?? (from === 'not set' ? '' : '(not shown)');
  const rows = [['variable', 'value', 'from'], ...settings.map((row) => [row.variable, shown(row), row.from])];
  return textTable(rows);
}
