import { issue } from '#lib/engine/model/process.js';
import { sending, type Sender } from '#lib/engine/processes/requests.js';
import { streams } from '#lib/domain/ids.js';
import { RecordPublishingStep } from '#lib/domain/offer/publishing-messages.js';
import { awaitedPackageUrl, type OfferState } from '#lib/domain/offer/state.js';
import { CheckPackageUrl } from '#lib/processes/publishing.js';
import { lineOf, pauseAfter, type Chance } from './attempts.js';
import type { Answer, GuardedClient } from './guarded-client.js';
import { outgoingLimits } from './limits.js';

/** Asks package URLs for their first byte (R35). What may pass by itself is tried three times within a minute. */
export function packageUrlSender(
  client: GuardedClient,
  offerOf: (stream: string) => Promise<OfferState>,
  chance: Chance,
): Sender {
  return sending(CheckPackageUrl, async ({ offer, submissionId }, attempt, signal) => {
    const url = awaitedPackageUrl(await offerOf(streams.offer(offer)), submissionId);
    // Canceled, or replaced by another submission.
    if (url === null) return { kind: 'obsolete' };
    const answer = await client(url, { method: 'GET', headers: { range: 'bytes=0-0' }, signal });
    const afterMs = mayPass(answer) ? pauseAfter(attempt, outgoingLimits.packageUrlPausesMs, chance) : null;
    if (afterMs !== null) return { kind: 'retry', answer: lineOf(answer), afterMs };
    const foundOutside = isThere(answer) ? null : lineOf(answer);
    return {
      kind: 'concluded',
      issue: issue(RecordPublishingStep, { offer, submissionId, step: 'packageUrl', foundOutside }),
    };
  });
}

function isThere(answer: Answer): boolean {
  return answer.kind === 'answered' && (answer.status === 200 || answer.status === 206);
}

/** A host that is overloaded or away for a moment. */
function mayPass(answer: Answer): boolean {
  return answer.kind === 'failed' || (answer.kind === 'answered' && (answer.status === 429 || answer.status >= 500));
}
