import type { Recorded } from '#lib/engine/model/envelope.js';
import type { EventOf } from '#lib/engine/model/message.js';
import type { domainEvents } from '#lib/domain/events.js';

type Event = Recorded & EventOf<(typeof domainEvents)[number]>;

interface Seen {
  readonly related: Set<string>;
  /** `deal plan` → count. */
  readonly lines: Map<string, number>;
  /** `tenant service` → seats, and licenses by deal. */
  readonly pools: Map<string, { readonly seats: Set<string>; readonly deals: Map<string, number> }>;
}

/** What of the rules of licensing a log breaks, told from its events alone, with the address of each. */
export function faultsOf(log: readonly Event[]): string[] {
  const seen: Seen = { related: new Set(), lines: new Map(), pools: new Map() };
  return log.flatMap((event) => {
    const fault = faultOf(event, seen);
    return fault === null ? [] : [`${event.stream}@${event.revision} ${event.type}: ${fault}`];
  });
}

function faultOf({ type, data }: Event, { related, lines, pools }: Seen): string | null {
  switch (type) {
    case 'CustomerRelationshipEstablished':
      related.add(`${data.publisherId} ${data.tenantId}`);
      return null;
    case 'CustomerRelationshipTerminated':
      related.delete(`${data.publisherId} ${data.tenantId}`);
      return null;
    case 'LicensesActivated':
    case 'LicenseCountChanged': {
      const line = `${data.dealId} ${data.planId}`;
      const [before, to] = type === 'LicensesActivated' ? [0, data.count] : [data.from, data.to];
      const known = lines.get(line) ?? 0;
      lines.set(line, to);
      if (known !== before) return `R67, R91: the line has ${known}`;
      if (to < 1 || to > 1_000_000) return `R65: it becomes ${to}`;
      if (to > before && !related.has(`${data.publisherId} ${data.tenantId}`)) return 'R63: there is no relationship';
      return null;
    }
    case 'LicensesDeactivated':
      return lines.delete(`${data.dealId} ${data.planId}`) ? null : 'R69: there is no such line';
    case 'SeatPoolResized':
    case 'SeatAssigned':
    case 'SeatUnassigned':
    case 'LicenseConflictDetected':
      return poolFault(type, data, lines, pools);
    default:
      return null;
  }
}

type OfPool = Extract<
  Event,
  { type: 'SeatPoolResized' | 'SeatAssigned' | 'SeatUnassigned' | 'LicenseConflictDetected' }
>;

function poolFault(
  type: OfPool['type'],
  data: OfPool['data'],
  lines: Seen['lines'],
  pools: Seen['pools'],
): string | null {
  const name = `${data.tenantId} ${data.serviceId}`;
  const { seats, deals } = pools.get(name) ?? { seats: new Set<string>(), deals: new Map<string, number>() };
  pools.set(name, { seats, deals });
  if ('dealCount' in data) {
    deals.set(data.dealId, data.dealCount);
    const line = lines.get(`${data.dealId} ${data.planId}`) ?? 0;
    const sum = total(deals);
    return line === data.dealCount && sum === data.to ? null : `R75: ${data.to} of ${sum}, the line has ${line}`;
  }
  if ('personId' in data) {
    const { personId } = data;
    if (type === 'SeatUnassigned') return seats.delete(personId) ? null : 'R81: nobody sat there';
    if (seats.has(personId)) return 'R78: it is the second seat of the same person';
    seats.add(personId);
    return seats.size <= total(deals) ? null : `R77: ${seats.size} seats of ${total(deals)}`;
  }
  const excess = seats.size - total(deals);
  return excess > 0 && 'excess' in data && data.excess === excess ? null : `R73: the excess is ${excess}`;
}

function total(deals: ReadonlyMap<string, number>): number {
  return [...deals.values()].reduce((sum, count) => sum + count, 0);
}
