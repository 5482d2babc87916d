import { EventCatalog } from '#lib/engine/catalog.js';
import { domainEvents } from '#lib/domain/events.js';
import { views } from '#lib/views/views.js';

/** Every event of the product, for whoever reads or writes the log. */
export const catalog = new EventCatalog(domainEvents);

/** Every view that is folded. */
export const projections = views.flatMap(({ projection }) => projection ?? []);
