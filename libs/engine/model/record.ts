/**
 * A row beside the log, written whole: what a person may have erased lies there and never in an event. Writing the same
 * row again changes nothing.
 */
export interface RecordPut {
  readonly table: string;
  readonly key: string;
  /** Plain JSON. */
  readonly value: object;
  /** What the table is listed by; null: not listed. */
  readonly sort: string | null;
}
