import { status as code } from '@grpc/grpc-js';
import type { EventLog, LoggedEvent } from './event-log.js';
import {
  CallError,
  eventMessage,
  lastRevisionMessage,
  nameOf,
  notFoundMessage,
  unsupported,
  type Place,
} from './messages.js';
import { streams } from './stubs.js';

export type ReadOptions = streams.ReadReq.Options;
type FilterOptions = streams.ReadReq.Options.FilterOptions;

const { CountOptionCase, ReadDirection } = streams.ReadReq.Options;

export const isSubscription = (options: ReadOptions) => options.getCountOptionCase() === CountOptionCase.SUBSCRIPTION;
export const wantsIdsAsText = (options: ReadOptions) => options.getUuidOption()?.hasString() ?? false;

/** The answers to one read, in order. */
export function* readMessages(log: EventLog, options: ReadOptions): Generator<streams.ReadResp> {
  const count = Number(options.getCount());
  if (count === 0) throw unsupported('a read of no events');
  const name = nameOf(options.getStream()?.getStreamIdentifier());
  if (name === undefined) return yield* readAll(log, options, count);
  const events = log.stream(name);
  if (!events) return yield notFoundMessage(name);
  const backwards = options.getReadDirection() === ReadDirection.BACKWARDS;
  const from = startInStream(options, events.length - 1, backwards);
  for (const event of walk(events, from, backwards, count)) yield eventMessage(event, wantsIdsAsText(options));
  if ((options.getControlOption()?.getCompatibility() ?? 0) > 0) yield lastRevisionMessage(events.length - 1);
}

function* readAll(log: EventLog, options: ReadOptions, count: number): Generator<streams.ReadResp> {
  const { commit } = placeOf(options, { commit: log.end, prepare: log.end });
  if (!log.isBoundary(commit)) throw new CallError(code.UNKNOWN, 'Unexpected ReadAllResult: InvalidPosition');
  const backwards = options.getReadDirection() === ReadDirection.BACKWARDS;
  const from = log.indexOf(commit) - (backwards ? 1 : 0);
  const matches = matcher(options.getFilter());
  let left = count;
  for (const event of walk(log.events, from, backwards, Infinity)) {
    log.looked += 1;
    if (!matches(event)) continue;
    yield eventMessage(event, wantsIdsAsText(options));
    if ((left -= 1) === 0) return;
  }
}

/** Where in $all a read or a subscription begins; `end` is what the end stands for. */
export function placeOf(options: ReadOptions, end: Place): Place {
  const all = options.getAll();
  const position = all?.getPosition();
  if (position) return { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
  return all?.hasEnd() ? end : { commit: 0n, prepare: 0n };
}

/** As on the server, reading forwards from the end is reading from the beginning. */
function startInStream(options: ReadOptions, last: number, backwards: boolean): number {
  const start = options.getStream();
  if (start?.hasEnd()) return backwards ? last : 0;
  const revision = start?.hasRevision() ? Number(start.getRevision()) : 0;
  return backwards ? Math.min(revision, last) : revision;
}

/** The events from an index on, as many as there are now. */
function* walk(events: readonly LoggedEvent[], from: number, backwards: boolean, count: number) {
  const end = backwards ? -1 : events.length;
  let left = count;
  for (let index = from; left > 0 && index !== end && index < events.length; index += backwards ? -1 : 1) {
    const event = events[index];
    if (event) yield event;
    left -= 1;
  }
}

/** Which events a server-side filter lets through. */
export function matcher(filter: FilterOptions | undefined): (event: LoggedEvent) => boolean {
  if (!filter) return () => true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  if (!expression) throw unsupported('a filter without an expression');
  const textOf = filter.hasStreamIdentifier() ? ({ stream }: LoggedEvent) => stream : ({ type }: LoggedEvent) => type;
  if (expression.getRegex()) {
    const regex = new RegExp(expression.getRegex());
    return (event) => regex.test(textOf(event));
  }
  const prefixes = expression.getPrefixList();
  return (event) => prefixes.some((prefix) => textOf(event).startsWith(prefix));
}
