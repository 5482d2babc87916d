import type { RecordRef } from '#lib/engine/model/query.js';
import type { DealForm } from '#lib/domain/deal/form.js';
import type { DealState } from '#lib/domain/deal/state.js';
import { streams } from '#lib/domain/ids.js';
import type { InvitationState } from '#lib/domain/invitation/decider.js';
import type { LeadState } from '#lib/domain/lead/decider.js';
import type { Content } from '#lib/domain/offer/content.js';
import type { OfferState } from '#lib/domain/offer/state.js';
import { statusWord } from '#lib/domain/offer/status.js';
import { personRecord } from '#lib/domain/person/directory.js';
import type { PersonState } from '#lib/domain/person/state.js';
import type { PublisherState } from '#lib/domain/publisher/decider.js';
import { destinationRecord } from '#lib/domain/publisher/destination.js';
import type { RelationshipState } from '#lib/domain/relationship/state.js';
import type { SeatPoolState } from '#lib/domain/seat-pool/state.js';
import type { Model, ModelOffer, ModelPool } from './model.js';
import { totalOf } from './seat-pool.js';
import type { World } from './world.js';

/**
 * What can be seen of each stream, written down so that the deciders' state and the model's compare as texts: the status
 * word and whatever decisions rest on. And each record beside the log, whole.
 */
export type Seen = Map<string, string>;

/** What is compared of one thing; the kinds below give its parts, on both sides in the same order. */
type Part = string | number | boolean | null | readonly (string | number)[];

const written = (...parts: readonly Part[]): string => parts.map(String).join(' | ');

/** Neither side changes a page, a plan or a form in place: each content and form is written once. */
const texts = new WeakMap<object, string>();
function textOf<T extends object>(what: T, write: (what: T) => unknown): string {
  let text = texts.get(what);
  if (text === undefined) {
    text = JSON.stringify(write(what));
    texts.set(what, text);
  }
  return text;
}

const fieldsOf = (page: object | null): unknown =>
  page && Object.entries(page).sort(([one], [other]) => (one < other ? -1 : 1));

const contentOf = (content: Content | undefined): string | null =>
  content === undefined
    ? null
    : textOf(content, ({ plans, ...pages }) => [
        ...Object.keys(pages)
          .sort()
          .map((name) => fieldsOf(pages[name as keyof typeof pages])),
        plans.map(({ planId, name, description, onSale }) => [planId, name, description, onSale]),
      ]);

const formOf = (form: DealForm): string =>
  textOf(form, (of) => [
    ...[of.company, of.country, of.city, of.state, of.offer, of.deployedIn, of.tenantId, of.contact],
    ...[of.signedOn, of.startsOn, of.endsOn, of.perpetual],
    ...[of.solutionValue, of.totalContractValue].map((money) => money && [money.amountMinor, money.currency]),
  ]);

const linesOf = (lines: readonly (readonly [planId: string, count: number])[]): string[] =>
  lines.map(([planId, count]) => `${planId} ${count}`).sort();

const phaseWords = {
  certification: 'Publish in progress',
  attention: 'Attention needed',
  preview: 'Preview',
  signedOff: 'Publish in progress',
};
const marketWords = {
  never: 'Draft',
  live: 'Live',
  stopping: 'Pending stop distribution',
  stopped: 'Not available in the marketplace',
};

function offerOfModel({ submission, market, draft, live, usedPlanIds, stopDueAt }: ModelOffer): string {
  const word = submission ? phaseWords[submission.phase] : marketWords[market];
  const submitted = [submission?.id ?? null, contentOf(submission?.content), submission?.dueAt ?? null] as const;
  const published = [live?.id ?? null, contentOf(live?.content), stopDueAt] as const;
  return written(word, ...submitted, ...published, contentOf(draft), usedPlanIds);
}

function poolOfModel(model: Model, pool: ModelPool): string {
  const { seats, policy, conflict, graceEndsAt } = pool;
  const total = totalOf(model, pool);
  const ended = graceEndsAt === null ? 'deactivated' : 'grace';
  const status = total > 0 ? 'active' : ended;
  return written(status, total, seats, policy, conflict?.dueAt ?? null, conflict?.overdue ?? null, graceEndsAt);
}

const recordOf = (record: object): string => textOf(record, fieldsOf);

export function seenOfModel(model: Model): Seen {
  const seen: Seen = new Map();
  const setRecord = ({ table, key }: RecordRef, record: object) => seen.set(`${table}/${key}`, recordOf(record));
  for (const { publisherId, isvConnect, destination } of model.publishers) {
    seen.set(streams.publisher(publisherId), written(isvConnect));
    if (destination) setRecord(destinationRecord(publisherId), destination);
  }
  for (const offer of model.offers) seen.set(streams.offer(offer.key), offerOfModel(offer));
  for (const { id, status, customer, form, lines } of model.deals) {
    const counts = linesOf(lines.map(({ planId, count }) => [planId, count]));
    seen.set(streams.deal(id), written(status, customer, formOf(form), counts));
  }
  for (const { id, status } of model.invitations) seen.set(streams.invitation(id), written(status));
  for (const { publisherId, tenantId, established } of model.relationships) {
    const status = established ? 'established' : 'terminated';
    seen.set(streams.relationship(publisherId, tenantId), written(status));
  }
  for (const pool of model.pools) {
    seen.set(streams.seatPool(pool.tenantId, pool.serviceId), poolOfModel(model, pool));
  }
  for (const { id, publisherId, status, expiresAt } of model.leads) {
    seen.set(streams.lead(id), written(status, publisherId, expiresAt));
  }
  for (const { scope, personId, erased, data } of model.people) {
    if (erased) seen.set(streams.person(scope, personId), written('erased'));
    if (data) setRecord(personRecord(scope, personId), data);
  }
  return seen;
}

/** What a decider remembers of a stream; null: nothing is there. The registry knows the states only as unknown. */
type Reader = (state: never) => string | null;

const readers: Readonly<Record<string, Reader>> = {
  publisher: (state: PublisherState) => (state.status === 'none' ? null : written(state.isvConnect)),
  offer(state: OfferState) {
    if (state.status === 'none') return null;
    const { submission, draft, usedPlanIds } = state;
    const live = state.status === 'unreleased' ? null : state.live;
    const dueAt = submission?.phase === 'goingLive' ? submission.dueAt : null;
    const stopDueAt = state.status === 'stopping' ? state.stopDueAt : null;
    const word = statusWord(state.status, submission?.phase ?? null);
    const submitted = [submission?.submissionId ?? null, contentOf(submission?.content), dueAt] as const;
    const published = [live?.submissionId ?? null, contentOf(live?.content), stopDueAt] as const;
    return written(word, ...submitted, ...published, contentOf(draft), [...usedPlanIds]);
  },
  deal(state: DealState) {
    if (state.status === 'none') return null;
    return written(state.status, state.customer, formOf(state.form), linesOf([...state.lines]));
  },
  invitation: ({ status }: InvitationState) => (status === 'none' ? null : written(status)),
  relationship: ({ status }: RelationshipState) => (status === 'none' ? null : written(status)),
  seatPool(state: SeatPoolState) {
    if (state.status === 'none') return null;
    const { status, total, seats, policy } = state;
    const conflict = status === 'active' ? state.conflict : null;
    const graceEndsAt = status === 'grace' ? state.graceEndsAt : null;
    const open = [conflict?.dueAt ?? null, conflict?.overdue ?? null] as const;
    return written(status, total, [...seats], policy, ...open, graceEndsAt);
  },
  lead(state: LeadState) {
    return state.status === 'none' ? null : written(state.status, state.publisherId, state.answerDueAt);
  },
  person: ({ status }: PersonState) => (status === 'none' ? null : written(status)),
};

/** Brings what was seen of a world up to date. */
export function seeAgain(world: World, seen: Seen): void {
  for (const name of world.changed) {
    const [stream, record] = [world.streams.get(name), world.records.get(name)];
    const text = stream ? readers[stream.decider.category]?.(stream.state as never) : record && recordOf(record);
    if (text) seen.set(name, text);
    else seen.delete(name);
  }
  world.changed.clear();
}
