import {
  jsonEvent,
  KurrentDBClient,
  streamNameFilter,
  type AllStreamSubscription,
  type AppendStreamState,
  type EventData,
  type Position,
  type ReadStreamOptions,
} from '@kurrent/kurrentdb-client';

/** Clients of one server that are disposed together, and short ways to use them. */
export function clientsOf(url: string) {
  const clients: KurrentDBClient[] = [];
  const connect = () => {
    const client = KurrentDBClient.connectionString(url);
    clients.push(client);
    return client;
  };
  const dispose = async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
  };
  return { connect, dispose };
}

/** Events of the types given; data tells them apart too. */
export const eventsOf = (...types: readonly string[]) => types.map((type) => jsonEvent({ type, data: { type } }));

export function appendTypes(
  client: KurrentDBClient,
  stream: string,
  streamState: AppendStreamState,
  ...types: readonly string[]
) {
  return client.appendToStream(stream, eventsOf(...types), { streamState });
}

export const range = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Types of all events of an iteration, in order. */
export async function typesOf(reading: AsyncIterable<{ event?: { type: string } }>): Promise<string[]> {
  const types: string[] = [];
  for await (const { event } of reading) types.push(event?.type ?? 'none');
  return types;
}

/** How a failure looks to an adapter. */
export function failure(promise: Promise<unknown>): Promise<object> {
  return promise.then(
    () => ({ succeeded: true }),
    (error: { constructor: { name: string }; type?: string; code?: number; message: string }) => ({
      error: error.constructor.name,
      type: error.type,
      code: error.code,
    }),
  );
}

/** What a subscription to $all brought, in order: types of events, `checkpoint …`, `caughtUp`, `error …`, `end`, `close`. */
export class Watch {
  readonly seen: string[] = [];
  readonly checkpoints: Position[] = [];
  readonly subscription: AllStreamSubscription;
  #check: () => void = () => undefined;

  constructor(client: KurrentDBClient, prefix: string, fromPosition: Position | 'start' | 'end' = 'start') {
    const checkpointReached = async (_subscription: unknown, position: Position) => {
      this.checkpoints.push(position);
      this.#note(`checkpoint ${position.commit}/${position.prepare}`);
    };
    const filter = streamNameFilter({ prefixes: [prefix], checkpointReached });
    this.subscription = client.subscribeToAll({ fromPosition, filter });
    this.subscription.on('caughtUp', () => this.#note('caughtUp'));
    this.subscription.on('error', (error: Error & { code?: number }) => this.#note(`error ${error.code}`));
    this.subscription.on('end', () => this.#note('end'));
    this.subscription.on('close', () => this.#note('close'));
  }

  /** Handles what comes from now on. */
  read(): this {
    this.subscription.on('data', ({ event }) => this.#note(event?.type ?? 'none'));
    return this;
  }

  get events(): string[] {
    return this.seen.filter((entry) => !/^(checkpoint|caughtUp|error|end|close)\b/.test(entry));
  }

  async until(holds: (seen: readonly string[]) => boolean): Promise<void> {
    if (holds(this.seen)) return;
    await new Promise<void>((resolve) => {
      this.#check = () => {
        if (holds(this.seen)) resolve();
      };
    });
  }

  async untilSeen(...entries: readonly string[]): Promise<void> {
    await this.until((seen) => entries.every((entry) => seen.includes(entry)));
  }

  #note(entry: string): void {
    this.seen.push(entry);
    this.#check();
  }
}

/** A server under test, seen through one client. Each test names streams that no other one has. */
export class Served {
  prefix = '';
  #client: KurrentDBClient | undefined;

  constructor(private readonly urlOf: () => string) {}

  get client(): KurrentDBClient {
    return (this.#client ??= KurrentDBClient.connectionString(this.urlOf()));
  }

  stream(name: string): string {
    return `${this.prefix}${name}`;
  }

  send(name: string, events: EventData[], streamState: AppendStreamState) {
    return this.client.appendToStream(this.stream(name), events, { streamState });
  }

  append(name: string, streamState: AppendStreamState, ...types: readonly string[]) {
    return this.send(name, eventsOf(...types), streamState);
  }

  /** To a stream whose name does not begin as those of this test do. */
  appendElsewhere(...types: readonly string[]) {
    return appendTypes(this.client, `other-${this.prefix}`, 'any', ...types);
  }

  types(name: string, options?: ReadStreamOptions) {
    return typesOf(this.client.readStream(this.stream(name), options));
  }

  watch(fromPosition?: Position | 'start' | 'end'): Watch {
    return new Watch(this.client, this.prefix, fromPosition);
  }
}
