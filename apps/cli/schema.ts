import type { Schema } from '#lib/engine/transfer/format.js';
import { catalog } from '#lib/product/registries.js';

/** The events that this build knows. */
export const schema: Schema = Object.fromEntries(catalog.types.map((type) => [type, catalog.versionOf(type)]));
