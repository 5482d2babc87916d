import type { AsOf, History, Moment } from './history.js';

const form = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Reads what `asOf` says: a position of this log, or an instant as RFC 3339 writes it. Null: neither. */
export function readAsOf(text: string, isPosition: (text: string) => boolean): AsOf | null {
  if (isPosition(text)) return { position: text };
  const [, date] = form.exec(text) ?? [];
  // JavaScript takes the 30th of February for a day in March.
  if (date === undefined || !isoOf(date)?.startsWith(date)) return null;
  const instant = isoOf(text);
  return instant === null ? null : { instant };
}

/** What a field says that also takes `now`: when that was, or what is wrong with it. */
export async function momentOf(
  text: string,
  history: Pick<History, 'present' | 'moment'>,
  isPosition: (text: string) => boolean,
): Promise<Moment | { readonly fault: string }> {
  if (text === 'now') return history.present();
  const asOf = readAsOf(text, isPosition);
  if (asOf === null) {
    return {
      fault: 'It must be an instant like 2026-03-01T12:00:00Z, a position that this installation answered, or now.',
    };
  }
  return (await history.moment(asOf)) ?? { fault: 'This position lies beyond the end of the log.' };
}

/** UTC, with milliseconds: what is finer is cut off, since nothing is recorded between two of them. */
function isoOf(text: string): string | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
