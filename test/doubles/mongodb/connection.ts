import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Int32, type Document } from 'bson';
import type { Server } from './call.js';
import { execute, notPrimary, refusal, refusalOfSecondary, timesOf } from './dispatch.js';
import { ServerError } from './errors.js';
import type { Fault, Faults } from './faults.js';
import { buildInfo, hello, type Profile } from './hello.js';
import { Framer, readRequest, writeReply } from './wire.js';

interface Served extends Server {
  readonly profile: Profile;
  readonly faults: Faults;
  readonly address: string;
  readonly now: () => Date;
}

const greetings = ['hello', 'isMaster', 'ismaster'];

/** A client's connection: messages in, answers out, one after the other. */
export class Connection {
  private readonly framer = new Framer();
  private previous: Promise<void> = Promise.resolve();
  private answers = 0;

  constructor(
    private readonly socket: Socket,
    private readonly server: Served,
  ) {}

  serve(): void {
    // Whoever goes away in the middle gets no answer.
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('data', (bytes) => {
      try {
        for (const message of this.framer.push(bytes)) this.previous = this.previous.then(() => this.handle(message));
      } catch {
        // A server closes the connection on what is no message.
        this.socket.destroy();
      }
    });
  }

  private async handle(message: Buffer): Promise<void> {
    await this.server.faults.awake();
    if (this.socket.destroyed) return;
    let request;
    try {
      request = readRequest(message);
    } catch {
      this.socket.destroy();
      return;
    }
    const answer = await this.answer(request.body);
    await this.server.faults.awake();
    if (answer === 'close') this.socket.destroy();
    else if (request.expectsReply && !this.socket.destroyed) {
      this.answers += 1;
      this.socket.write(writeReply(request, answer, this.answers));
    }
  }

  private async answer(body: Document): Promise<Document | 'close'> {
    const [name = ''] = Object.keys(body);
    const { faults, profile } = this.server;
    const fault = faults.take(name);
    let answer: Document | 'close';
    try {
      answer = fault ? await this.withFault(fault, name, body) : await this.plainly(name, body);
    } catch (error) {
      answer = refusal(error, name, body);
    }
    return answer === 'close' || profile.isStandalone ? answer : { ...answer, ...timesOf(this.server) };
  }

  private async plainly(name: string, body: Document): Promise<Document> {
    const { address, faults, profile, now } = this.server;
    if (greetings.includes(name)) return { ...hello(profile, address, faults.isPrimary, now()), ok: 1 };
    if (name === 'buildInfo') return { ...buildInfo(profile), ok: 1 };
    const refused = faults.isPrimary ? null : refusalOfSecondary(name, body);
    if (refused) throw refused;
    if (profile.isStandalone && body.txnNumber !== undefined)
      throw new ServerError(
        'IllegalOperation',
        'Transaction numbers are only allowed on a replica set member or mongos',
      );
    return { ...(await execute(this.server, name, body, now())), ok: 1 };
  }

  private async withFault(fault: Fault, name: string, body: Document): Promise<Document | 'close'> {
    if ('delayMs' in fault) await delay(fault.delayMs);
    const isBefore =
      ('close' in fault && fault.close === 'before applying') ||
      ('notPrimary' in fault && fault.notPrimary === 'before applying') ||
      ('unknownResult' in fault && fault.unknownResult === 'not applied');
    const answer = isBefore ? {} : await this.plainly(name, body);
    if ('close' in fault) return 'close';
    if ('notPrimary' in fault) {
      this.server.sessions.abortAll();
      throw notPrimary();
    }
    if ('unknownResult' in fault) {
      const error = new ServerError('MaxTimeMSExpired', 'operation exceeded time limit');
      return { ...refusal(error, name, body), errorLabels: ['UnknownTransactionCommitResult'] };
    }
    return 'writeConcern' in fault ? { ...answer, writeConcernError: writeConcernTimeout } : answer;
  }
}

const writeConcernTimeout = {
  code: new Int32(64),
  codeName: 'WriteConcernTimeout',
  errmsg: 'waiting for replication timed out',
  errInfo: { wtimeout: true },
};
