import type { View } from '#lib/engine/model/query.js';

/** Everything the product can show. A view that is not named here does not exist. */
export const views: readonly View[] = [];
