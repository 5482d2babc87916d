import type { Position } from '../../engine/ports/event-store.js';
import { docId, type ViewProgress, type ViewVersion } from '../../engine/ports/view-store.js';
import type { MongoConnection } from './connection.js';
import type { ParkedDocument } from './view-docs.js';
import type { ViewVersions } from './view-versions.js';

/**
 * How far versions are folded, and which of their documents wait: one question to the server, and a second only where
 * any wait. Positions are read first, so that they are lower bounds of everything that is read after this. What another
 * process made live is read from then on.
 */
export function viewProgress(
  connection: MongoConnection,
  places: ViewVersions,
  versions: readonly ViewVersion[],
): Promise<ViewProgress> {
  return connection.inSession(async (session) => {
    const asked = { live: true, dropping: false, position: { $ne: null } };
    const options = { session, projection: { place: 1, kinds: 1, position: 1, parked: 1 } };
    const all = await places.checkpoints.find(asked, options).toArray();
    const found = all.filter(({ _id }) =>
      versions.some(({ view, version }) => view === _id.view && version === _id.version),
    );
    for (const one of found) places.saw({ view: one._id.view, version: one._id.version }, one);
    const positions: Record<string, Position> = {};
    const parked: Record<string, Record<string, string>> = {};
    for (const { _id, position } of found) {
      positions[_id.view] = position ?? '';
      parked[_id.view] = {};
    }
    const waiting = new Map(found.filter((version) => version.parked > 0).map(({ place, _id }) => [place, _id.view]));
    if (waiting.size > 0) {
      const documents = connection.db.collection<ParkedDocument>('parked');
      const projection = { place: 1, kind: 1, key: 1, since: 1 };
      for await (const document of documents.find({ place: { $in: [...waiting.keys()] } }, { session, projection })) {
        const ofView = parked[waiting.get(document.place) ?? ''];
        if (ofView) ofView[docId(document.kind, document.key)] = document.since;
      }
    }
    return { positions, parked };
  });
}
