import { projecting } from '#lib/engine/model/projection.js';
import { answering } from '#lib/engine/model/query.js';
import type { DomainEvent } from '#lib/domain/events.js';
import type { Settings } from '#lib/domain/settings.js';

/** The words in which views are written, with this product's events and settings filled in. */
export const projection = projecting<DomainEvent>();
export const answer = answering<Settings>();
