/** An instant some milliseconds after another; both ISO 8601 in UTC with milliseconds. */
export function later(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}
