import { canonicalJson } from '#lib/engine/model/canonical.js';
import type { StoredEvent } from '#lib/engine/ports/event-store.js';
import { versionOf, type ViewVersion } from '#lib/engine/ports/view-store.js';
import type { ParkedDocuments, WaitingDocument as Waiting } from '#lib/engine/parking/parked-documents.js';
import type { Rebuilds } from '#lib/engine/rebuilding/rebuilds.js';
import { codePoints } from '#lib/domain/ids.js';
import { projections } from '#lib/product/registries.js';
import { rejected, type Action, type ActionOutcome, type AnyAction } from '../http/action.js';
import {
  ListParkedDocuments,
  ListSkippedEvents,
  RetryParked,
  SkipEvent,
  WithdrawSkip,
  type FailedEvent,
  type WaitingDocument,
} from './parked-messages.js';
import { busyDetail } from './rebuild-actions.js';
import { rebuildAnswer } from './rebuild-answer.js';
import { refuse } from './refusals.js';

/** What operators do about documents that wait behind an event which could not be folded. */
export function parkedActions(parked: ParkedDocuments, rebuilds: Rebuilds): readonly AnyAction[] {
  const list: Action<ListParkedDocuments> = {
    message: ListParkedDocuments,
    lists: true,
    run: ({ view }) =>
      ofView(view, async (version) => {
        return { kind: 'list', rows: (await parked.waiting(version)).map(shown), next: null };
      }),
  };
  const listSkips: Action<ListSkippedEvents> = {
    message: ListSkippedEvents,
    lists: true,
    run: ({ view }) =>
      ofView(view, async () => {
        return { kind: 'list', rows: (await parked.skips(view)).map((skip) => ({ view, ...skip })), next: null };
      }),
  };
  const retry: Action<RetryParked> = {
    message: RetryParked,
    run: ({ view }) =>
      ofView(view, async (version) => {
        const outcome = await parked.retry(version);
        if ('refused' in outcome) return rejected(refuse('NOTHING_PARKED', `No document of ${view} waits.`));
        return { kind: 'one', body: { view, documents: outcome.done } };
      }),
  };
  const skip: Action<SkipEvent> = {
    message: SkipEvent,
    run: ({ view, event, reason: given }, { actor: by }) =>
      ofView(view, async (version) => {
        const reason = given.trim();
        const length = codePoints(reason);
        if (length < 1 || length > 1_000)
          return rejected(refuse('SKIP_REASON_INVALID', `It has ${length} characters.`, '/reason'));
        const outcome = await parked.skip(version, { event, reason, by });
        if ('done' in outcome) return { kind: 'one', body: { view, ...outcome.done } };
        return rejected(
          outcome.refused === 'tooMany'
            ? refuse('TOO_MANY_SKIPS', `${view} leaves out as many events as it may.`)
            : refuse('EVENT_NOT_PARKED', `No document of ${view} waits behind ${named(event)} alone.`, '/event'),
        );
      }),
  };
  const withdraw: Action<WithdrawSkip> = {
    message: WithdrawSkip,
    run: ({ view, event }, { actor }) =>
      ofView(view, async (version) => {
        const outcome = await parked.withdraw(version, event, actor);
        if ('refused' in outcome)
          return rejected(refuse('EVENT_NOT_SKIPPED', `${view} does not leave out ${named(event)}.`, '/event'));
        const { done } = outcome;
        if ('busy' in done) return rejected(refuse('REBUILD_UNDER_WAY', busyDetail(done)));
        return { kind: 'one', body: rebuildAnswer(done, await rebuilds.progressOf(done)) };
      }),
  };
  return [list, retry, listSkips, skip, withdraw];
}

async function ofView(name: string, act: (version: ViewVersion) => Promise<ActionOutcome>): Promise<ActionOutcome> {
  const projection = projections.find((one) => one.name === name);
  return projection ? act(versionOf(projection)) : { kind: 'notFound' };
}

function named(event: string): string {
  return event.slice(0, 300);
}

function shown({ kind, key, event, error, since, waiting, stored }: Waiting): WaitingDocument {
  return { kind, key, event, error, since, waiting: waiting.length, details: stored && detailsOf(stored) };
}

function detailsOf({ position, stream, revision, type, meta, data }: StoredEvent): FailedEvent {
  return { position, stream, revision, type, recordedAt: meta.recordedAt, data: canonicalJson(data) };
}
