import { existsSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { told, verifyBundle, verifyFile, type Report } from '#verify';
import { RefusedError, unusableFile, type Surroundings } from './surroundings.js';
import { unzipped } from './zip.js';

export interface VerifyChoice {
  /** Path of a heads file that was kept elsewhere; for receipts, the key alone will do. */
  readonly heads?: string;
  readonly json: boolean;
}

const zipBegins = Buffer.from('PK');

/** Verifies a bundle (zip or folder), or an export or receipts against a heads file. Refused if it does not hold. */
export async function verify(what: string, { heads, json }: VerifyChoice, { stdout }: Surroundings): Promise<void> {
  if (!existsSync(what)) throw new RefusedError(`There is no ${what}.`);
  const headsText = heads === undefined ? null : textOf(heads);
  const report = await reportOn(what, headsText);
  stdout.write(json ? `${JSON.stringify(report)}\n` : `${told(report).join('\n')}\n`);
  if (report.faults.length > 0) {
    throw new RefusedError('Keep all of it as it is: it is not what was signed, or not whole.');
  }
}

async function reportOn(what: string, headsText: string | null): Promise<Report> {
  if (statSync(what).isDirectory()) {
    const read = (name: string) => (existsSync(join(what, name)) ? textOf(join(what, name)) : null);
    return verifyBundle(read, headsText);
  }
  if (await isZip(what)) {
    const files = unzipped(readFileSync(what));
    if (!files) throw new RefusedError(`${what} is no whole zip file. Copy it again.`);
    return verifyBundle((name) => files.get(name)?.toString() ?? null, headsText);
  }
  if (headsText === null) {
    throw new RefusedError('An export is verified against a heads file, receipts too: name it with --heads.');
  }
  return verifyFile(what, headsText);
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path).catch((error: unknown) => Promise.reject(unusableFile(path, error)));
  try {
    const { buffer } = await file.read(Buffer.alloc(zipBegins.length), 0, zipBegins.length, 0);
    return buffer.equals(zipBegins);
  } finally {
    await file.close();
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusableFile(path, error);
  }
}
