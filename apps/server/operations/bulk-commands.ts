import { commandHashOf, commandIdOf, type Call, type CommandOutcome } from '#lib/engine/commands/call.js';
import { later } from '#lib/engine/model/instants.js';
import type { Bulk, CommandClass } from '#lib/engine/model/message.js';
import type { Execute } from '#lib/engine/processes/issuer.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import type { Records } from '#lib/engine/ports/records.js';
import { uuidFrom } from '#lib/engine/uuid.js';
import type { OperationStarted } from '../http/answers.js';
import { operationAnswer } from './operation-answer.js';
import {
  entriesOf,
  mostRunning,
  OperationRecords,
  type OperationRecord,
} from '#lib/product/operations/operation-records.js';

/** How long those that ended can be asked about. */
const limits = { keptMs: 30 * 86_400_000, forgottenAtOnce: 20 } as const;

export interface BulkOptions {
  readonly records: Records;
  readonly execute: Execute;
  readonly clock: Clock;
  /** Told that an operation waits to be carried out. */
  readonly begun: () => void;
}

/** Commands whose list may be longer than one append takes: those are begun as operations, all others carried out. */
export class BulkCommands {
  readonly #operations: OperationRecords;

  constructor(private readonly options: BulkOptions) {
    this.#operations = new OperationRecords(options.records);
  }

  /** Carries out a command at once, or begins an operation if its list is too long for that. */
  async execute(command: object, call: Call): Promise<CommandOutcome | OperationStarted> {
    const { bulk } = command.constructor as CommandClass;
    if (!bulk) return this.options.execute(command, call);
    const isShort = entriesOf(command, bulk).length <= bulk.perCommand;
    if (call.dryRun || (isShort && call.idempotencyKey === null)) return this.options.execute(command, call);
    const id = uuidFrom(commandIdOf(call), 'operation');
    const known = await this.#operations.find(id);
    if (known) return this.#again(known, command);
    return isShort ? this.options.execute(command, call) : this.#begin(id, command, bulk, call);
  }

  async #again(known: OperationRecord, command: object): Promise<CommandOutcome | OperationStarted> {
    if (known.commandHash !== commandHashOf(command)) return { kind: 'keyReused' };
    return { kind: 'started', operation: await operationAnswer(known, this.#operations) };
  }

  /** What would refuse the whole refuses it now; what only meets single entries is told by their rows. */
  async #begin(id: string, command: object, bulk: Bulk, call: Call): Promise<CommandOutcome | OperationStarted> {
    const tried = await this.options.execute(command, { ...call, dryRun: true });
    if (tried.kind !== 'dryRun') return tried;
    if ((await this.#operations.running(mostRunning)).length >= mostRunning) {
      return { kind: 'unavailable', detail: `${mostRunning} operations are under way.` };
    }
    const now = this.options.clock.now();
    const entries = entriesOf(command, bulk);
    const operation: OperationRecord = {
      id,
      command: (command.constructor as CommandClass).type,
      commandHash: commandHashOf(command),
      startedBy: call.actor,
      caller: call.caller,
      traceparent: call.traceparent,
      status: 'running',
      total: entries.length,
      done: 0,
      parts: Math.ceil(entries.length / bulk.perCommand),
      partsDone: 0,
      startedAt: now,
      endedAt: null,
      position: null,
      problem: null,
    };
    const kept = { ...command, [bulk.field]: entries.map((entry) => bulk.keep(entry)) };
    if (!(await this.#operations.begin(operation, kept))) return this.execute(command, call);
    const cutOff = later(now, -limits.keptMs);
    await this.#operations.forgetEndedBefore(cutOff, limits.forgottenAtOnce);
    this.options.begun();
    return { kind: 'started', operation: await operationAnswer(operation, this.#operations) };
  }
}
