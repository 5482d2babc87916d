import type { HeadSigner } from '#lib/engine/evidence/head-signer.js';
import { addressOf } from '#lib/engine/model/envelope.js';
import type { EventStore, StoredEvent } from '#lib/engine/ports/event-store.js';
import type { Records } from '#lib/engine/ports/records.js';
import { rejected, type Action, type AnyAction } from '../http/action.js';
import { eventsOf, inBase64, one, onTree, proven, tooEarly } from './audit-answers.js';
import { ProveConsistency, ProveInclusion, ShowLogHead } from './audit-messages.js';
import { refuse } from './audit-refusals.js';

export interface AuditOptions {
  readonly events: Pick<EventStore, 'read'>;
  readonly records: Records;
  readonly signer: HeadSigner;
}

/** What auditors ask to see that history is what it was: signed heads, and proofs that lead to them. */
export function auditActions({ events, records, signer }: AuditOptions): readonly AnyAction[] {
  const head: Action<ShowLogHead> = {
    message: ShowLogHead,
    run: () =>
      onTree(records, async (tree) => {
        if (tree.size === 0) return tooEarly('The tree holds no event yet.');
        const { size, root, note } = signer.sign(tree.size, await tree.rootAt(tree.size));
        return one({ size, root: root.toString('base64'), publicKey: signer.publicKey, head: note });
      }),
  };

  const inclusion: Action<ProveInclusion> = {
    message: ProveInclusion,
    async run({ stream, revision, size: asked }) {
      const event = await eventAt(events, stream, revision);
      if (!event) return { kind: 'notFound' };
      return onTree(records, async (tree) => {
        const size = asked ?? tree.size;
        if (size > tree.size) return tooEarly(`The tree holds ${tree.size} events.`);
        const index = await tree.indexOf(event);
        if (index === null) return tooEarly(`${addressOf(event)} is not in the tree yet.`);
        if (index >= size) return rejected(refuse('TREE_SIZES_INVALID', `${addressOf(event)} is event ${index + 1}.`));
        const { note } = signer.sign(size, await tree.rootAt(size));
        return one({ ...(await proven(event, index, size, tree)), head: note });
      });
    },
  };

  const consistency: Action<ProveConsistency> = {
    message: ProveConsistency,
    async run({ from, to }) {
      if (from > to) return rejected(refuse('TREE_SIZES_INVALID', `${from} is more than ${to}.`));
      return onTree(records, async (tree) => {
        if (to > tree.size) return tooEarly(`The tree holds ${tree.size} events.`);
        return one({ from, to, path: inBase64(await tree.consistency(from, to)) });
      });
    },
  };

  return [head, inclusion, consistency];
}

async function eventAt(
  events: Pick<EventStore, 'read'>,
  stream: string,
  revision: number,
): Promise<StoredEvent | null> {
  for await (const event of eventsOf(events, stream, revision)) return event;
  return null;
}
