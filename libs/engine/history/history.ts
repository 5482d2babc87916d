import type { EventCatalog } from '../catalog.js';
import { limits } from '../limits.js';
import type { AnyProjection } from '../model/projection.js';
import type { Clock } from '../ports/clock.js';
import { skippedBy } from '../parking/decisions.js';
import type { LogReader, Position } from '../ports/event-store.js';
import type { Records } from '../ports/records.js';
import type { ViewReader } from '../ports/view-store.js';
import type { VisibleViews } from '../queries/visible-views.js';
import { KeptPast } from './kept-past.js';
import type { LogTimes } from './log-times.js';
import { PastReader } from './past-reader.js';

/** As of when: an instant (ISO 8601, UTC, milliseconds), or a position of this log. */
export type AsOf = { readonly instant: string } | { readonly position: Position };

/** Where the log ended then, and what time it was. */
export interface Moment {
  readonly position: Position;
  /** Of an instant itself; of a position, the latest time that was recorded up to it. */
  readonly now: string;
}

export interface HistoryOptions {
  readonly log: Pick<LogReader, 'read' | 'head'>;
  readonly times: LogTimes;
  readonly catalog: EventCatalog;
  readonly projections: readonly AnyProjection[];
  /** A view whose only kind, `stream`, has a document for each stream, with its name as `stream` and what it is found by. */
  readonly index: AnyProjection;
  readonly views: Pick<ViewReader, 'snapshot'>;
  /** Where it stands which events views leave out. */
  readonly records: Pick<Records, 'get'>;
  readonly visible: VisibleViews;
  readonly clock: Clock;
}

/** What the log holds about an earlier state: when that was, and the documents of then. */
export class History {
  readonly #projections: ReadonlyMap<string, AnyProjection>;
  readonly #kept = new KeptPast();

  constructor(private readonly options: HistoryOptions) {
    this.#projections = new Map(options.projections.map((projection) => [projection.name, projection]));
  }

  /** Null: the position lies beyond the end of the log. An instant that lies ahead is now. */
  async moment(asOf: AsOf): Promise<Moment | null> {
    const { log, times, clock } = this.options;
    const now = clock.now();
    if ('instant' in asOf) {
      const instant = asOf.instant < now ? asOf.instant : now;
      return { position: await times.positionAt(asOf.instant), now: instant };
    }
    const { position } = asOf;
    if (position > (await log.head())) return null;
    return { position, now: (await times.timeAt(position)) ?? now };
  }

  /** Where the log ends now. */
  async present(): Promise<Moment> {
    const { log, clock } = this.options;
    return { position: await log.head(), now: clock.now() };
  }

  /** How far the index of streams is; what is read as of a later position could lack a stream. */
  get indexed(): Position | null {
    return this.options.visible.of(this.options.index.name).position;
  }

  /** True when the index has reached a position; false when the time passed, or `gone` aborted, first. */
  reach(position: Position, waitMs: number, gone?: AbortSignal): Promise<boolean> {
    return this.options.visible.of(this.options.index.name).reach(position, waitMs, gone);
  }

  reader(upTo: Position): PastReader {
    const { log, catalog, views, records, index } = this.options;
    return new PastReader(upTo, {
      log,
      catalog,
      projections: this.#projections,
      kept: this.#kept,
      skippedBy: (view) => skippedBy(records, view),
      async streamsWhere(values, most) {
        const where = Object.fromEntries(Object.entries(values).map(([field, eq]) => [field, { eq }]));
        const request = { view: index.name, version: index.version, kind: 'stream', where, orderBy: 'stream' };
        const found = await views.snapshot((reader) =>
          reader.find({ ...request, descending: false, after: null, limit: Math.min(most, limits.pastStreams + 1) }),
        );
        return found.map(({ key, value }) => String(value ?? key));
      },
    });
  }
}
