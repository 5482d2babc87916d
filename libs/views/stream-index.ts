import type { Origin } from '#lib/engine/model/projection.js';
import type { View } from '#lib/engine/model/query.js';
import { projection } from './view.js';

type Category = 'offer' | 'deal' | 'invitation' | 'seatPool';

/** A stream, and whose it is by its first event; null where that names nobody. */
interface StreamDoc {
  readonly stream: string;
  readonly category: Category;
  readonly publisherId: string | null;
  readonly tenantId: string | null;
  /** Of a deal or an invitation to one: a pool belongs to no deal. */
  readonly dealId: string | null;
}

interface Kinds {
  /** By stream. */
  stream: StreamDoc;
}

const begins = ({ stream, revision }: { readonly stream: string; readonly revision: number }) =>
  revision === 0 ? [['stream', stream] as const] : [];

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
  on: { OfferCreated: begins, DealStarted: begins, CustomerInvited: begins, SeatPoolResized: begins },
  fold({ type, stream, revision, data }, docs) {
    if (revision > 0) return;
    const begun = (category: Category, whose: Partial<StreamDoc>): void =>
      docs.put('stream', stream, { publisherId: null, tenantId: null, dealId: null, ...whose, stream, category });
    switch (type) {
      case 'OfferCreated':
        return begun('offer', { publisherId: data.publisherId });
      case 'DealStarted':
        return begun('deal', { publisherId: data.publisherId, dealId: data.dealId });
      case 'CustomerInvited':
        return begun('invitation', { dealId: data.dealId });
      case 'SeatPoolResized':
        return begun('seatPool', { publisherId: data.publisherId, tenantId: data.tenantId });
    }
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
