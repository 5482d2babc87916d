import { base } from '../http/routes.js';
import { actsOf, type Rebuild } from '#lib/engine/rebuilding/rebuild.js';
import type { BuildProgress } from '#lib/engine/rebuilding/rebuilds.js';
import type { Operation } from './operation-messages.js';

/** A rebuild as it is told: a step for each view, and how long the slowest is expected to take. */
export function rebuildAnswer(rebuild: Rebuild, progress: readonly BuildProgress[]): Operation {
  const { id, status, views, startedAt, endedAt, switchedAt, pace } = rebuild;
  const steps = views.map(({ view, step }) => {
    const { seen = 0, head = 0 } = progress.find((one) => one.view === view) ?? {};
    return { name: view, status: step, done: step === 'building' ? seen : head, total: head };
  });
  const left = Math.max(0, ...steps.map(({ done, total }) => total - done));
  const perSecond = status === 'running' ? (pace?.perSecond ?? null) : null;
  return {
    id,
    command: 'RebuildViews',
    status,
    steps,
    progress: {
      done: steps.reduce((sum, { done }) => sum + done, 0),
      total: steps.reduce((sum, { total }) => sum + total, 0),
    },
    startedAt,
    endedAt,
    position: null,
    problem: problemOf(rebuild, progress),
    rows: null,
    rebuild: {
      eventsPerSecond: perSecond,
      secondsLeft: perSecond === null || perSecond === 0 ? null : Math.ceil(left / perSecond),
      switchedAt,
      acts: [...actsOf(rebuild)],
      differences: views.flatMap(({ view, differences }) => differences.map((difference) => ({ view, ...difference }))),
    },
    links: { self: `${base}/operations/${id}` },
  };
}

function problemOf({ status, switching, views }: Rebuild, progress: readonly BuildProgress[]): Operation['problem'] {
  const different = views.filter(({ step }) => step === 'different').map(({ view }) => view);
  if (!['ready', 'done'].includes(status) || different.length === 0) return null;
  const advice = switching === 'never' ? 'see the differences' : 'see the differences, then switch or cancel';
  const parked = progress.filter((one) => one.parked > 0).map(({ view, parked: count }) => `${view}: ${count}`);
  const waiting =
    parked.length > 0 ? ` Documents that wait behind an event which cannot be folded: ${parked.join(', ')}.` : '';
  return {
    code: 'VIEWS_DIFFER',
    detail: `Built anew, ${different.join(', ')} came out otherwise than what is read: ${advice}.${waiting}`,
  };
}
