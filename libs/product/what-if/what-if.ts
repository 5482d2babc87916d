import type { History, Moment } from '#lib/engine/history/history.js';
import { TooWideError } from '#lib/engine/history/past-reader.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import { isOneOf } from '#lib/engine/model/message.js';
import { planNamedBy, publisherOf, streams } from '#lib/domain/ids.js';
import { seatPoolEvents, SetShrinkPolicy, type ShrinkPolicy } from '#lib/domain/seat-pool/messages.js';
import type { Settings } from '#lib/domain/settings.js';
import { goOn, type Continuation, type Supposed } from '#lib/histories/continuation.js';
import { changesBetween, type Changes } from './changes.js';
import { KnownStreams } from './known-streams.js';

/** What is supposed to be otherwise for one customer, from a moment on. */
export interface Supposition {
  readonly tenantId: string;
  readonly from: Moment;
  /** How far time goes on; null: until nothing is due any more. */
  readonly until: string | null;
  /** Absent ones are those of the installation. */
  readonly settings: Partial<Pick<Settings, 'graceDays' | 'licenseConflictMs'>>;
  /** Set for all of the customer's pools at that moment; null: each keeps its own. */
  readonly shrinkPolicy: ShrinkPolicy | null;
  readonly commands: readonly Supposed[];
}

export interface WhatIf extends Changes {
  /** What the commands, and the time that passed, came to. */
  readonly events: readonly Recorded[];
  readonly refused: Continuation['refused'];
  readonly until: string;
}

/** A command leads to streams, and these to others; no act of the domain leads further. */
const mostRounds = 10;

/**
 * Goes on from a moment twice, as things are and as is supposed, by the real deciders and processes, and compares what
 * queries answer then. Null: the customer had no licenses. Nothing is written. Throws TooWideError.
 */
export async function whatIf(history: History, settings: Settings, supposed: Supposition): Promise<WhatIf | null> {
  const known = new KnownStreams(history, supposed.from.position);
  await known.takePoolsOf(supposed.tenantId);
  if (known.events.length === 0) return null;
  await known.take(streamsBeside(known.events));
  for (let round = 0; round < mostRounds; round += 1) {
    const asItIs = await continued(known, settings, { ...supposed, settings: {}, shrinkPolicy: null, commands: [] });
    const otherwise = await continued(known, settings, supposed);
    if (await known.take([...asItIs.absent, ...otherwise.absent])) continue;
    const [before, after] = [asItIs, otherwise].map(({ events }) => [...known.events, ...events]);
    const changes = await changesBetween(before ?? [], after ?? [], supposed.tenantId);
    return { ...changes, events: otherwise.events, refused: otherwise.refused, until: otherwise.now };
  }
  throw new TooWideError('It leads from stream to stream without an end.');
}

/** What the pools' decisions were ever about, so that hardly anything is missing at first. */
function streamsBeside(events: readonly Recorded[]): readonly string[] {
  const found = events.flatMap((event): string[] => {
    if (!isOneOf(seatPoolEvents, event) || event.type !== 'SeatPoolResized') return [];
    const { dealId, tenantId, serviceId } = event.data;
    const { offer } = planNamedBy(serviceId);
    return [streams.deal(dealId), streams.offer(offer), streams.relationship(publisherOf(offer), tenantId)];
  });
  return [...new Set(found)];
}

function continued(known: KnownStreams, settings: Settings, supposed: Supposition): Promise<Continuation> {
  const { from, until, tenantId } = supposed;
  return goOn({
    history: known.events,
    now: from.now,
    until,
    settings: { ...settings, ...supposed.settings },
    commands: [...supposed.commands, ...policies(known.events, supposed.shrinkPolicy, tenantId)],
  });
}

/** The customer's own admin sets it, as in life. */
function policies(events: readonly Recorded[], policy: ShrinkPolicy | null, tenantId: string): readonly Supposed[] {
  if (policy === null) return [];
  const actor = { kind: 'key', id: 'what-if', role: 'customer.globalAdmin', personId: null } as const;
  return servicesOf(events, tenantId).map((serviceId) => ({
    command: SetShrinkPolicy,
    input: { tenantId, serviceId, policy },
    actor,
    caller: { tenantId },
  }));
}

function servicesOf(events: readonly Recorded[], tenantId: string): readonly string[] {
  const found = events.flatMap((event) =>
    isOneOf(seatPoolEvents, event) && event.data.tenantId === tenantId ? [event.data.serviceId] : [],
  );
  return [...new Set(found)].sort();
}
