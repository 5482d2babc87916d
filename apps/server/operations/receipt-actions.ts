import { canonicalJson } from '#lib/engine/model/canonical.js';
import type { HeadSigner } from '#lib/engine/evidence/head-signer.js';
import type { EventStore } from '#lib/engine/ports/event-store.js';
import type { QueryEngine } from '#lib/engine/queries/query-engine.js';
import { readReceipt, type Receipt } from '#lib/engine/queries/receipt.js';
import type { Settings } from '#lib/domain/settings.js';
import { rejected, type Action, type ActionOutcome, type AnyAction } from '../http/action.js';
import { refuse } from './audit-refusals.js';
import { ReplayReceipt } from './receipt-messages.js';

export interface ReceiptOptions {
  readonly queries: Pick<QueryEngine<Settings>, 'replay'>;
  readonly signer: Pick<HeadSigner, 'readReceipt'>;
  readonly events: Pick<EventStore, 'isPosition'>;
}

/** How long a replay waits for the index of streams. */
const waitMs = 2_000;

/** Decisions that were kept by those who asked for them, decided again. */
export function receiptActions({ queries, signer, events }: ReceiptOptions): readonly AnyAction[] {
  const replay: Action<ReplayReceipt> = {
    message: ReplayReceipt,
    async run({ receipt: note }, { actor }) {
      const read = signer.readReceipt(note);
      const receipt = read && readReceipt(read.text);
      if (!receipt) return unusable('It is not what an answer had as its receipt.');
      if (!events.isPosition(receipt.position)) return unusable('Its position is of another log than this one.');
      const outcome = await queries.replay(receipt, actor, waitMs);
      if (outcome.kind === 'one' && outcome.receipt) return compared(receipt, outcome.receipt, read.genuine);
      if (outcome.kind === 'behind') return outcome;
      return unusable('detail' in outcome ? outcome.detail : `It is answered with ${outcome.kind} now.`);
    },
  };
  return [replay];
}

function unusable(detail: string): ActionOutcome {
  return rejected(refuse('RECEIPT_UNUSABLE', detail));
}

function compared(then: Receipt, now: Receipt, genuine: boolean): ActionOutcome {
  const [before, after] = [then, now].map(({ policy, answer }) => ({ policy, answer: canonicalJson(answer) }));
  const { query, input, position } = then;
  const same = before?.answer === after?.answer;
  const body = {
    genuine,
    same,
    query,
    input: canonicalJson(input),
    askedAt: then.now,
    position,
    then: before,
    now: after,
  };
  return { kind: 'one', body };
}
