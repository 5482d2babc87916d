import type { HttpRoute } from '#lib/engine/model/message.js';
import { type QueryContext, ref, type View } from '#lib/engine/model/query.js';
import { Instant, Nullable, Parts, Text, Texts, Whole } from '#lib/engine/model/shape.js';
import { publisherOf, serviceId } from '#lib/domain/ids.js';
import {
  listingButtonLabels,
  listingButtons,
  viewerOf,
  type ListingButton,
  type Viewer,
} from '#lib/domain/listing-buttons.js';
import type { Listing } from '#lib/domain/offer/content.js';
import { licenseCountsProjection, poolKey } from './license-counts.js';
import { type LiveDoc, liveRef, offerContentsProjection } from './offer-contents.js';
import { listingAddress } from './offer-status-answer.js';
import { publisherRef } from './offer-status.js';
import { answer } from './view.js';

class ListingHead {
  @Text({ example: 'fabrikam.f365' }) offer!: string;
  @Text() publisherId!: string;
  @Text() publisherName!: string;
  @Text() name!: string;
  @Text() summary!: string;
  @Text() category!: string;
  @Text({ description: 'Where the listing is found (R9).' }) address!: string;
  /** Of the offer, when this went live. */
  @Whole() revision!: number;
}

export class StorefrontRow extends ListingHead {
  static readonly type = 'StorefrontRow';
}

export class ListedPlan {
  @Text() planId!: string;
  @Text() serviceId!: string;
  @Text() name!: string;
  @Nullable() @Text() description!: string | null;
}

/** What customers see of an offer: what is live, and nothing else (R18, R30). */
export class StorefrontListing extends ListingHead {
  static readonly type = 'StorefrontListing';
  @Text() description!: string;
  @Texts() keywords!: string[];
  @Nullable() @Text() privacyUrl!: string | null;
  @Nullable() @Text() helpUrl!: string | null;
  @Nullable() @Text() supportUrl!: string | null;
  @Texts() screenshots!: string[];
  @Texts() videos!: string[];
  @Texts() markets!: string[];
  @Instant() liveSince!: string;
  @Parts(() => ListedPlan) plans!: ListedPlan[];
  @Texts({ description: `Of ${listingButtonLabels.join(', ')}: those that this viewer gets, in order (R41).` })
  buttons!: ListingButton[];
}

export class GetListing {
  static readonly type = 'GetListing';
  static readonly answers = StorefrontListing;
  static readonly http: HttpRoute = {
    route: 'GET /storefront/offers/{offer}',
    by: 'anyone',
    summary: 'The listing of an offer, with the buttons for who looks at it.',
  };
  @Text() offer!: string;
}

export class ListListings {
  static readonly type = 'ListListings';
  static readonly answers = StorefrontRow;
  static readonly http: HttpRoute = {
    route: 'GET /storefront/offers',
    by: 'anyone',
    summary: 'Offers on sale.',
  };
}

/** The pools in which the viewer's tenant may hold licenses of the offer. */
function poolsOf({ offer, content }: LiveDoc, { caller: { tenantId } }: Pick<QueryContext, 'caller'>) {
  if (tenantId === undefined) return [];
  return content.plans.map(({ planId }) =>
    ref(licenseCountsProjection, 'pool', poolKey({ tenantId, serviceId: serviceId(offer, planId) })),
  );
}

export const storefront: View = {
  queries: [
    answer.one<GetListing, StorefrontListing>({
      query: GetListing,
      rounds: [
        ({ offer }) => [liveRef(offer), publisherRef(publisherOf(offer))],
        ({ offer }, docs, context) => {
          const live = docs.get(liveRef(offer));
          return live ? poolsOf(live, context) : [];
        },
      ],
      compose({ offer }, docs, context) {
        const live = docs.get(liveRef(offer));
        if (!live) return null;
        const holdsLicense = poolsOf(live, context).some((pool) => (docs.get(pool)?.total ?? 0) > 0);
        const viewer = viewerOf(context.actor.role, holdsLicense);
        const address = listingAddress(context.settings, offer);
        return listingOf(live, docs.get(publisherRef(publisherOf(offer)))?.name ?? live.publisherId, address, viewer);
      },
    }),
    answer.list<ListListings, LiveDoc, StorefrontRow>({
      query: ListListings,
      find: () => ({
        view: offerContentsProjection,
        kind: 'live',
        where: { status: { eq: 'onSale' } },
        orderBy: 'name',
      }),
      rows: [({ offer }) => [publisherRef(publisherOf(offer))]],
      compose: (live, _query, docs, { settings }) =>
        rowOf(
          live,
          docs.get(publisherRef(publisherOf(live.offer)))?.name ?? live.publisherId,
          listingAddress(settings, live.offer),
        ),
      filters: ['publisherId', 'category', 'name'],
    }),
  ],
};

/** Of a listing that was never saved, which the types allow and publishing does not (R16). */
const unsaved: Listing = {
  name: null,
  summary: null,
  description: null,
  keywords: [],
  privacyUrl: null,
  helpUrl: null,
  supportUrl: null,
  screenshots: [],
  videos: [],
};

function rowOf(live: LiveDoc, publisherName: string, address: string): StorefrontRow {
  const { offer, publisherId, name, category, content, revision } = live;
  const { summary } = content.listing ?? unsaved;
  return {
    offer,
    publisherId,
    publisherName,
    name,
    summary: summary ?? '',
    category,
    address,
    revision,
  };
}

function listingOf(live: LiveDoc, publisherName: string, address: string, viewer: Viewer): StorefrontListing {
  const { offer, content, since, status } = live;
  const { availability, offerSetup } = content;
  const { description, keywords, privacyUrl, helpUrl, supportUrl, screenshots, videos } = content.listing ?? unsaved;
  return {
    ...rowOf(live, publisherName, address),
    description: description ?? '',
    keywords,
    privacyUrl,
    helpUrl,
    supportUrl,
    screenshots,
    videos,
    markets: availability?.markets ?? [],
    liveSince: since,
    plans: content.plans
      .filter((plan) => plan.onSale)
      .map((plan) => ({
        planId: plan.planId,
        serviceId: serviceId(offer, plan.planId),
        name: plan.name,
        description: plan.description,
      })),
    buttons: listingButtons(status === 'onSale', offerSetup, viewer),
  };
}
