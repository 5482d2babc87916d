import type { Owner } from '#lib/engine/model/aggregate.js';
import type { Actor } from '#lib/engine/model/envelope.js';

/** Who asks, as far as credentials tell: the actor that events name, and whose things are theirs. */
export interface Principal {
  readonly actor: Actor;
  readonly caller: Owner;
}

/** Whoever comes without credentials. */
export const anonymous: Principal = {
  actor: { kind: 'anonymous', id: 'anonymous', role: 'anonymous', personId: null },
  caller: {},
};
