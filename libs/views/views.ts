import type { View } from '#lib/engine/model/query.js';
import { customers } from './customers.js';
import { dealProgress } from './deal-progress.js';
import { explanations } from './explanations.js';
import { invitations } from './invitations.js';
import { leads } from './leads.js';
import { notifications } from './notifications.js';
import { offerDraft } from './offer-draft.js';
import { offerHistory } from './offer-history.js';
import { offerStatus } from './offer-status.js';
import { people } from './people.js';
import { plans } from './plans.js';
import { reviews } from './reviews.js';
import { streamIndex } from './stream-index.js';
import { storefront } from './storefront.js';
import { licenseCounts } from './license-counts.js';
import { licenseDashboard } from './license-dashboard.js';
import { licenseLedger } from './license-ledger.js';
import { seats } from './seats.js';
import { tenantProducts } from './tenant-products.js';
import { usageRights } from './usage-rights.js';

/** Everything the product can show. A view that is not named here does not exist. */
export const views: readonly View[] = [
  offerDraft,
  offerStatus,
  offerHistory,
  notifications,
  reviews,
  plans,
  storefront,
  dealProgress,
  invitations,
  customers,
  licenseCounts,
  licenseDashboard,
  licenseLedger,
  seats,
  tenantProducts,
  people,
  leads,
  usageRights,
  explanations,
  streamIndex,
];
