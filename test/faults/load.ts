import { randomUUID } from 'node:crypto';
import { openMarketplace, type Marketplace, type OpenDeal } from '../bench/marketplace.js';
import { sendTo, makeKey, type Request, type Sent } from './sending.js';

/** A command that was sent, with its answer; null until it has one. */
export interface Command {
  readonly kind: 'licenses' | 'seat' | 'deal';
  readonly tenantId: string;
  readonly request: Request;
  answer: Sent | null;
}

/** Customers with a deal and licenses for 5,000 seats, and the keys that change them. */
export interface Market extends Marketplace {
  readonly auditorKey: string;
  readonly operatorKey: string;
  readonly seatKeys: ReadonlyMap<string, string>;
}

export const licensesAtLeast = 5_000;
const plan = 'fabrikam.f365.gold';

export async function openMarket(address: string, adminKey: string, customers: number): Promise<Market> {
  const marketplace = await openMarketplace(address, adminKey, customers);
  const seatKeys = new Map<string, string>();
  for (const { tenantId } of marketplace.deals) {
    seatKeys.set(tenantId, await makeKey(address, adminKey, { role: 'customer.licenseAdmin', tenantId }));
  }
  const auditorKey = await makeKey(address, adminKey, { role: 'auditor' });
  const operatorKey = await makeKey(address, adminKey, { role: 'operator' });
  return { ...marketplace, auditorKey, operatorKey, seatKeys };
}

/** One customer's callers: each sends the next command when the one before is answered, and stops when none is. */
export class Customer {
  readonly commands: Command[] = [];
  #counter = 0;

  constructor(
    private readonly market: Market,
    readonly deal: OpenDeal,
  ) {}

  /** What was sent and is of a kind, in order of sending. */
  of(kind: Command['kind']): readonly Command[] {
    return this.commands.filter((command) => command.kind === kind);
  }

  /** Gives the customer licenses for all seats to come. */
  async begin(address: string): Promise<void> {
    const command = this.#updateLicenses();
    this.commands.push(command);
    await this.send(address, command);
  }

  /** Until there is no answer, or `most` commands are sent. Throws if one is refused. */
  async sendTo(address: string, most: number): Promise<void> {
    const turns: (() => Command)[] = [() => this.#updateLicenses(), () => this.#assignSeat(), () => this.#startDeal()];
    await Promise.all(
      turns.map(async (next) => {
        for (let sent = 0; sent < most / turns.length; sent += 1) {
          const command = next();
          this.commands.push(command);
          if (!(await this.send(address, command))) return;
        }
      }),
    );
  }

  /** Sends again what has no answer, which it then must have. */
  async sendUnanswered(address: string): Promise<void> {
    for (const command of this.commands.filter(({ answer }) => answer === null)) {
      if (!(await this.send(address, command))) throw new Error(`${command.request.path} was not answered again.`);
    }
  }

  /** Sends a command, or sends it again with the same key. False: no answer. Throws if it is refused. */
  async send(address: string, command: Command): Promise<boolean> {
    const answer = await sendTo(address, command.request);
    if (!answer) return false;
    // A server that is going down says that it does not know.
    if (answer.status === 503) return false;
    if (answer.status >= 400) throw new Error(`${command.request.path}: ${JSON.stringify(answer)}`);
    command.answer = answer;
    if (command.kind === 'licenses') this.deal.revision = answer.body.revision;
    return true;
  }

  #updateLicenses(): Command {
    const { dealId, tenantId, revision } = this.deal;
    const count = licensesAtLeast + (this.#counter += 1);
    const body = { tenantId, lines: [{ planId: 'gold', count }], removed: [] };
    return this.#command('licenses', this.market.publisherKey, `/deals/${dealId}/licenses`, body, revision);
  }

  #assignSeat(): Command {
    const { tenantId } = this.deal;
    const body = { personIds: [`person-${(this.#counter += 1)}`] };
    const key = this.market.seatKeys.get(tenantId) ?? '';
    return this.#command('seat', key, `/customers/${tenantId}/pools/${plan}/assign`, body);
  }

  #startDeal(): Command {
    const body = { company: `Company ${(this.#counter += 1)}` };
    return this.#command('deal', this.market.publisherKey, '/publishers/fabrikam/deals', body);
  }

  #command(kind: Command['kind'], key: string, path: string, body: object, revision?: number): Command {
    const request = { key, path, body, idempotencyKey: randomUUID(), ...(revision !== undefined && { revision }) };
    return { kind, tenantId: this.deal.tenantId, request, answer: null };
  }
}
