import type { History } from '#lib/engine/history/history.js';
import { sampledKinds, sampleOf } from '#lib/engine/history/sample.js';
import type { ViewReader } from '#lib/engine/ports/view-store.js';
import type { Action, AnyAction } from '../http/action.js';
import { namedBy } from './rebuild-actions.js';
import { SampleViews, type SampledViews } from './rebuild-messages.js';

/** What operators ask of a few documents, where folding the whole log again would take too long. */
export function sampleActions(views: ViewReader, history: History): readonly AnyAction[] {
  const sample: Action<SampleViews> = {
    message: SampleViews,
    async run({ views: names, documents }) {
      const named = namedBy(names);
      if ('refusals' in named) return named;
      const body: SampledViews = { views: [], differences: [] };
      for (const projection of named) {
        const { name: view } = projection;
        const found = await sampleOf(projection, documents, { views, history, random: Math.random });
        if (found === null) return { kind: 'behind', position: history.indexed ?? '' };
        const { position, compared, tooWide, differences } = found;
        const onlyWhole = sampledKinds(projection).length === 0;
        body.views.push({ view, position, compared, tooWide, onlyWhole });
        body.differences.push(...differences.map((difference) => ({ view, ...difference })));
      }
      return { kind: 'one', body };
    },
  };
  return [sample];
}
