import { turnOfEventLoop } from '../event-loop.js';
import { limits } from '../limits.js';
import type { Recorded } from '../model/envelope.js';
import type { AnyProjection } from '../model/projection.js';
import type { DocRef, PlacedEvent, RecordRef, Snapshot } from '../model/query.js';
import { PastDocuments } from './past-documents.js';

/** Documents of some views, all folded from the same events, whether these ever were in a log or not. */
export class FoldedSnapshot implements Snapshot {
  private constructor(private readonly folded: ReadonlyMap<string, PastDocuments>) {}

  static async of(projections: readonly AnyProjection[], events: readonly Recorded[]): Promise<FoldedSnapshot> {
    const folded = new Map(projections.map((projection) => [projection.name, new PastDocuments(projection)]));
    for (const [index, event] of events.entries()) {
      for (const documents of folded.values()) documents.fold({ ...event, position: '' });
      if (index % limits.pastEventsPerTurn === 0) await turnOfEventLoop();
    }
    return new FoldedSnapshot(folded);
  }

  get<D>(ref: DocRef<D> | RecordRef<D>): D | undefined {
    const documents = 'view' in ref ? this.folded.get(ref.view.name) : undefined;
    if (!documents || !('view' in ref)) throw new Error('Only documents of the views that were folded are here.');
    return (documents.get(ref.kind, ref.key) as D | null) ?? undefined;
  }

  events(): readonly PlacedEvent[] {
    throw new Error('Only documents are here, not the events that they were folded from.');
  }
}
