import type { Actor } from '#lib/engine/model/envelope.js';
import type { AnyProjection } from '#lib/engine/model/projection.js';
import { actsOf, type Rebuild, type RebuildAct, type Switching } from '#lib/engine/rebuilding/rebuild.js';
import type { Busy, Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { versionOf } from '#lib/engine/ports/view-store.js';
import { projections } from '#lib/product/registries.js';
import { rejected, type Action, type ActionOutcome, type AnyAction } from '../http/action.js';
import { rebuildAnswer } from './rebuild-answer.js';
import { rebuildActs, RebuildViews, VerifyView } from './rebuild-messages.js';
import { refuse } from './refusals.js';

/** What operators ask of rebuilds; how far one is, is asked as of every operation. */
export function rebuildActions(rebuilds: Rebuilds): readonly AnyAction[] {
  const beginWith = async (
    views: readonly string[] | null,
    switching: Switching,
    startedBy: Actor,
  ): Promise<ActionOutcome> => {
    const named = namedBy(views);
    if ('refusals' in named) return named;
    const begun = await rebuilds.begin({ versions: named.map(versionOf), switching, startedBy });
    if ('busy' in begun) return rejected(refuse('REBUILD_UNDER_WAY', busyDetail(begun), '/views'));
    return told(rebuilds, begun);
  };
  const begin: Action<RebuildViews> = {
    message: RebuildViews,
    run: ({ views, switching }, { actor }) => beginWith(views, switching, actor),
  };
  const verify: Action<VerifyView> = {
    message: VerifyView,
    run: async ({ view }, { actor }) =>
      projections.some(({ name }) => name === view) ? beginWith([view], 'never', actor) : { kind: 'notFound' },
  };
  const acting = ([act, message]: [string, (typeof rebuildActs)[keyof typeof rebuildActs]]): AnyAction => ({
    message,
    run: ({ id }: { readonly id: string }) => actOn(rebuilds, act as RebuildAct, id),
  });
  return [begin, verify, ...Object.entries(rebuildActs).map(acting)];
}

/** Asks something of a rebuild that it may not allow in its status. */
export async function actOn(rebuilds: Rebuilds, act: RebuildAct, id: string): Promise<ActionOutcome> {
  const outcome = await rebuilds.act(id, act);
  if (outcome === null) return { kind: 'notFound' };
  if (!('refused' in outcome)) return told(rebuilds, outcome);
  const { status } = outcome.refused;
  const allowed = actsOf(outcome.refused).join(', ') || 'nothing';
  return rejected(refuse('OPERATION_STATUS', `It is ${status}, which allows ${allowed}.`));
}

/** A rebuild, with how far it is. */
export async function told(rebuilds: Rebuilds, rebuild: Rebuild): Promise<ActionOutcome> {
  return { kind: 'one', body: rebuildAnswer(rebuild, await rebuilds.progressOf(rebuild)) };
}

/** The views of these names, or all. */
export function namedBy(
  views: readonly string[] | null,
): readonly AnyProjection[] | (ActionOutcome & { readonly kind: 'rejected' }) {
  const names = new Set(views ?? projections.map(({ name }) => name));
  const unknown = [...names].find((name) => !projections.some((projection) => projection.name === name));
  if (unknown === undefined && names.size > 0) return projections.filter(({ name }) => names.has(name));
  return rejected(refuse('VIEW_UNKNOWN', `There is no view ${(unknown ?? '').slice(0, 100)}.`, '/views'));
}

/** Why a view cannot be built anew now. */
export function busyDetail({ busy, id }: Busy): string {
  return id === null ? `${busy} is built for the first time.` : `${busy} belongs to operation ${id}.`;
}
