import { onEach, type Origin } from '#lib/engine/model/projection.js';
import type { View } from '#lib/engine/model/query.js';
import { dealEvents } from '#lib/domain/deal/messages.js';
import type { streams } from '#lib/domain/ids.js';
import { invitationEvents } from '#lib/domain/invitation/messages.js';
import { offerEvents } from '#lib/domain/offer/offer-messages.js';
import { seatPoolEvents } from '#lib/domain/seat-pool/messages.js';
import { projection } from './view.js';

type Category = keyof typeof streams;

/** A stream, and whose it is by its first event; null where that names nobody. */
interface StreamDoc {
  readonly stream: string;
  readonly category: string;
  readonly publisherId: string | null;
  readonly tenantId: string | null;
  /** Of a deal or an invitation to one: a pool belongs to no deal. */
  readonly dealId: string | null;
}

interface Kinds {
  /** By stream. */
  stream: StreamDoc;
}

interface Begun {
  readonly stream: string;
  readonly revision: number;
}

const begins = ({ stream, revision }: Begun) => (revision === 0 ? [['stream', stream] as const] : []);

/** Which streams there are of whom: where to look for what was there earlier and is in no document of today. */
export const streamIndexProjection = projection<Kinds>({
  name: 'stream-index',
  version: 1,
  kinds: {
    stream: {
      writtenOnce: true,
      fields: { stream: 'text', category: 'text', publisherId: 'text', tenantId: 'text', dealId: 'text' },
      indexes: [
        ['publisherId', 'category', 'stream'],
        ['tenantId', 'category', 'stream'],
        ['dealId', 'category', 'stream'],
      ],
    },
  },
  on: onEach([...offerEvents, ...dealEvents, ...invitationEvents, ...seatPoolEvents], begins),
  fold({ stream, revision, data }, docs) {
    if (revision > 0) return;
    const category = stream.slice(0, stream.indexOf('-'));
    docs.put('stream', stream, {
      stream,
      category,
      publisherId: 'publisherId' in data ? data.publisherId : null,
      tenantId: 'tenantId' in data ? data.tenantId : null,
      dealId: 'dealId' in data && category !== 'seatPool' ? data.dealId : null,
    });
  },
});

/** All streams of a category that are somebody's. */
export function everyStream(
  category: Category,
  whose: Readonly<Partial<Record<'publisherId' | 'tenantId' | 'dealId', string>>>,
): Origin {
  return { streamsWhere: { category, ...whose } };
}

export const streamIndex: View = { projection: streamIndexProjection, queries: [] };
