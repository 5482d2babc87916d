import { cpus } from 'node:os';

/** One figure beside its bare counterpart of the same run. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly rate: number;
  readonly bareName: string;
  readonly bare: number;
  /** Median of the rounds' ratios. */
  readonly ratio: number;
  /** What the ratio should reach; null: only reported. */
  readonly goal: number | null;
  readonly note: string;
}

export function printHeader(): void {
  console.log(
    `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), load generator included.\n`,
  );
}

export function printRow({ name, unit, rate, bareName, bare, ratio, goal, note }: Row): void {
  const number = (value: number): string => Math.round(value).toLocaleString('en-US');
  console.log(`${name}\n    ${number(rate)} ${unit}; ${bareName}: ${number(bare)} ${unit}`);
  const verdict = goal === null ? '' : ratio >= goal ? ` (goal ${goal}: reached)` : ` (goal ${goal}: NOT reached)`;
  console.log(`    ratio ${ratio.toFixed(2)}${verdict}${note ? `; ${note}` : ''}\n`);
}
