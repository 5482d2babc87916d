import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { AppendsOfCall, outcome, refusalInWords, refusal, type Append, type AppendCall } from './appends.js';
import { EventLog } from './event-log.js';
import { Faults, type Loss, type Refusal } from './faults.js';
import { notLeader, serverNotReady } from './messages.js';
import { Outlet, type ReadCall } from './outlet.js';
import { isSubscription, readMessages, type ReadOptions } from './reads.js';
import { features, featuresGrpc, shared, streams, streamsGrpc } from './stubs.js';
import { Subscription } from './subscription.js';
import { Wire } from './wire.js';

/** As the server's: the largest message that it takes. */
const MAX_MESSAGE = 16 * 1024 * 1024;

const REFUSALS = {
  'not-ready': 'Server Is Not Ready',
  'too-busy': 'Server Is Busy',
  'no-leader-known': 'No leader info available in response',
} as const;

/**
 * A double of the KurrentDB service: a gRPC server behind the official client's own stubs, with its log in memory, that
 * behaves as the real one was measured to and fails on demand. It proves our side only: that a real server behaves so is
 * proved by running the same facts on one. What it does not know is an error, never a guess.
 */
export class KurrentDouble {
  readonly log = new EventLog();
  readonly faults: Faults;
  /** Messages sent in answer to reads so far. */
  read = 0;
  #server: Server;

  private constructor(
    server: Server,
    private readonly wire: Wire,
  ) {
    this.#server = server;
    this.faults = new Faults(wire);
  }

  /** A server on a free loopback port, with an empty log. */
  static async start(): Promise<KurrentDouble> {
    const server = newServer();
    const wire = await Wire.open(await bound(server));
    const double = new KurrentDouble(server, wire);
    double.#serve();
    return double;
  }

  /** The connection string for clients; the same after a restart. */
  get url(): string {
    return `kurrentdb://127.0.0.1:${this.wire.port}?tls=false`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.wire.connections;
  }

  /** Subscriptions that are being served now. */
  get subscriptions(): number {
    return this.faults.subscriptions.size;
  }

  /** Ends at once, as a process that is killed: connections are reset, the next ones refused. The log stays. */
  async stop(): Promise<void> {
    await this.wire.close();
    this.#server.forceShutdown();
    this.log.forgetRecent();
  }

  /** The same port, the same log. */
  async restart(): Promise<void> {
    await this.stop();
    await this.resume();
  }

  /** After `stop`. */
  async resume(): Promise<void> {
    this.#server = newServer();
    this.#serve();
    await this.wire.listen(await bound(this.#server));
  }

  #serve(): void {
    this.#server.addService(streamsGrpc.StreamsService, {
      read: (call: ReadCall) => void this.#read(call),
      batchAppend: (call: AppendCall) => this.#appends(call),
    });
    this.#server.addService(featuresGrpc.ServerFeaturesService, { getSupportedMethods });
  }

  async #read(call: ReadCall): Promise<void> {
    const outlet = new Outlet(call);
    try {
      if (this.faults.notReady) throw serverNotReady();
      const options = call.request.getOptions() ?? new streams.ReadReq.Options();
      await (isSubscription(options) ? this.#subscribe(outlet, options) : this.#pour(outlet, options));
      outlet.end();
    } catch (error) {
      outlet.fail(error);
    }
  }

  async #pour(outlet: Outlet, options: ReadOptions): Promise<void> {
    for (const message of readMessages(this.log, options)) {
      if (!outlet.open) return;
      this.read += 1;
      await outlet.send(message);
    }
  }

  async #subscribe(outlet: Outlet, options: ReadOptions): Promise<void> {
    const subscription = new Subscription(outlet, this.log, this.faults.delivery, options);
    this.faults.subscriptions.add(subscription);
    await subscription.run().finally(() => this.faults.subscriptions.delete(subscription));
  }

  #appends(call: AppendCall): void {
    const gathered = new AppendsOfCall();
    call.on('data', (request: streams.BatchAppendReq) => {
      const append = gathered.take(request);
      if (append instanceof streams.BatchAppendResp) call.write(append);
      else if (append) this.#append(call, append);
    });
    call.on('end', () => call.end());
  }

  #append(call: AppendCall, append: Append): void {
    const fault = this.faults.nextAppend();
    if (fault && 'refuse' in fault) return this.#refuse(call, append, fault.refuse);
    if (fault && 'disconnectFirst' in fault) return this.wire.drop();
    const written = this.log.append(append.stream, append.expected, append.proposed);
    if (fault) this.#lose(call, append, fault.lose);
    else call.write(outcome(append, written));
  }

  #refuse(call: AppendCall, append: Append, reason: Refusal): void {
    if (reason === 'not-leader') call.emit('error', notLeader('127.0.0.1', this.wire.port));
    else call.write(refusalInWords(append, REFUSALS[reason]));
  }

  #lose(call: AppendCall, append: Append, loss: Loss): void {
    if (loss === 'disconnect') this.wire.drop();
    if (loss === 'timeout') call.write(refusal(append, 'Timeout', new shared.Timeout().serializeBinary()));
  }
}

function newServer(): Server {
  return new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE, 'grpc.max_send_message_length': -1 });
}

function bound(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
}

/** Without `batchappend` in it the client would append in the older way, which the double does not know. */
function getSupportedMethods(
  _call: ServerUnaryCall<shared.Empty, features.SupportedMethods>,
  answer: sendUnaryData<features.SupportedMethods>,
): void {
  const method = (name: string, list: string[]) =>
    new features.SupportedMethod()
      .setServiceName('event_store.client.streams.streams')
      .setMethodName(name)
      .setFeaturesList(list);
  answer(
    null,
    new features.SupportedMethods()
      .setEventStoreServerVersion('24.6.0')
      .setMethodsList([method('read', ['position', 'events']), method('batchappend', ['deadline_duration'])]),
  );
}
