import type { Position } from '../ports/event-store.js';
import { docId, type ViewProgress } from '../ports/view-store.js';
import { lowestOf, Watermark } from '../watermark.js';

/** How far each view can be seen from here, and which documents are parked, as its owner reports it. */
export class VisibleViews {
  readonly #positions = new Map<string, Watermark>();
  /** Of views in which anything waits. */
  readonly #parked = new Map<string, Readonly<Record<string, string>>>();

  constructor(views: readonly string[]) {
    for (const view of views) this.#positions.set(view, new Watermark());
  }

  report({ positions, parked }: ViewProgress): void {
    for (const [view, sinceByDocument] of Object.entries(parked)) {
      if (Object.keys(sinceByDocument).length > 0) this.#parked.set(view, sinceByDocument);
      else this.#parked.delete(view);
    }
    for (const [view, position] of Object.entries(positions)) this.of(view).raise(position);
  }

  of(view: string): Watermark {
    const watermark = this.#positions.get(view);
    if (!watermark) throw new Error(`There is no view called ${view}.`);
    return watermark;
  }

  get isWaitedFor(): boolean {
    return [...this.#positions.values()].some(({ waiting }) => waiting > 0);
  }

  /** Since when a document waits; null if it does not. */
  parkedSince(view: string, kind: string, key: string): string | null {
    const waiting = this.#parked.get(view);
    return waiting ? (waiting[docId(kind, key)] ?? null) : null;
  }

  /** The position that all of these views, or all there are, have reached; null before the first commit of any. */
  lowest(views: Iterable<string> = this.#positions.keys()): Position | null {
    return lowestOf(Array.from(views, (view) => this.of(view)));
  }

  all(): readonly (readonly [view: string, position: Position | null])[] {
    return [...this.#positions].map(([view, { position }]) => [view, position] as const);
  }
}
