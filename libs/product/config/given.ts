import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text that an option has, and where that comes from. */
export interface Given {
  readonly text: string;
  readonly from: 'environment' | 'file' | 'default';
  /** How a message names what was given: never what a file or a secret holds. */
  readonly shown: string;
}

/** Names the file that holds an option's text: secrets then stand in no environment. */
export function fileVariable(variable: string): string {
  return `${variable}_FILE`;
}

/** An option is given by its variable or by a file; else it has its default. */
export function givenText(
  { variable, secret = false }: { readonly variable: string; readonly secret?: boolean },
  environment: Environment,
  standard: string,
): Given | { readonly fault: string } {
  const text = environment[variable];
  const file = environment[fileVariable(variable)];
  const shown = secret ? variable : `${variable}="${text ?? standard}"`;
  if (file === undefined)
    return { text: text ?? standard, from: text === undefined ? 'default' : 'environment', shown };
  const named = `${fileVariable(variable)}="${file}"`;
  if (text !== undefined) return { fault: `${named}: ${variable} is given too; keep one of the two.` };
  try {
    return { text: readFileSync(file, 'utf8').replace(/\r?\n$/, ''), from: 'file', shown: named };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
    return { fault: `${named}: the file cannot be read (${String(code)}).` };
  }
}
