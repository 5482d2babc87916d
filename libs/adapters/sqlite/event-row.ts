import { hash } from 'node:crypto';
import { canonicalJson } from '../../engine/model/canonical.js';
import { StoreCorruptError, type EventText, type Position, type StoredEvent } from '../../engine/ports/event-store.js';
import type { Row } from './database.js';
import { positionOf, type Place } from './positions.js';

/** An event as it is stored. `data` and `meta` are JSON; earlier builds did not write it canonically. */
export interface EventRow {
  readonly place: Place;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly v: number;
  readonly recordedAt: string;
  readonly data: string;
  readonly meta: string;
}

/** A row without its place in the log and in its stream. */
export type Content = Omit<EventRow, 'place' | 'stream' | 'revision'>;

/**
 * Links a row to the one before it in the log; the first is linked to the log's ID. No field but the last two can hold a
 * line feed, and JSON writes none, so two different rows never give the same text.
 */
export function chainHash(previous: string, stream: string, revision: number, row: Content): string {
  const { id, type, v, recordedAt, data, meta } = row;
  const text = `${previous}\n${stream}\n${revision}\n${id}\n${type}\n${v}\n${recordedAt}\n${data}\n${meta}`;
  return hash('sha256', text, 'hex');
}

/** The columns of `toRow`, of events `e` with their streams `s`. */
export const rowColumns = `printf('%020d', e.position), s.name, e.revision, e.event_id, e.type, e.v, e.recorded_at,
  e.data, e.meta, e.hash`;

export function toRow(cells: Row): { readonly row: EventRow; readonly hash: string } {
  const [place, stream, revision, id, type, v, recordedAt, data, meta, stored] = cells;
  const row = { place, stream, revision, id, type, v, recordedAt, data, meta } as EventRow;
  return { row, hash: stored as string };
}

export function verify(row: EventRow, previous: string, stored: string): void {
  if (chainHash(previous, row.stream, row.revision, row) === stored) return;
  throw new StoreCorruptError(
    `Event ${row.stream}@${row.revision}, or the one before it in the log, is not what was written. ` +
      'Restore the data folder from a backup.',
  );
}

/** Of a row whose JSON is canonical, as all is that this build writes; put together for who asks for it. */
export class RowText implements EventText {
  constructor(
    private readonly logId: string,
    private readonly row: EventRow,
  ) {}

  get json(): string {
    const { stream, revision, id, type, data, meta } = this.row;
    const [ofId, ofStream, ofType] = [canonicalJson(id), canonicalJson(stream), canonicalJson(type)];
    return `{"data":${data},"id":${ofId},"meta":${meta},"revision":${revision},"stream":${ofStream},"type":${ofType}}`;
  }

  get recordedAt(): string {
    return this.row.recordedAt;
  }

  get position(): Position {
    return positionOf(this.logId, this.row.place);
  }
}

/** A new object each time: those who fold may keep parts of it in what they change. */
export function toEvent(logId: string, row: EventRow): StoredEvent {
  return {
    id: row.id,
    type: row.type,
    data: JSON.parse(row.data) as StoredEvent['data'],
    stream: row.stream,
    revision: row.revision,
    meta: JSON.parse(row.meta) as StoredEvent['meta'],
    position: positionOf(logId, row.place),
  };
}
