import { Binary, Int32, Long, type Document } from 'bson';
import { checkOptions, documentOption, timeOf, type Call, type Command, type Server } from './call.js';
import { catalogCommands } from './catalog-commands.js';
import { labelsOf, notKnown, ServerError } from './errors.js';
import { isDocument } from './paths.js';
import { readCommands } from './read-commands.js';
import { sessionCommands } from './session-commands.js';
import { writeCommands } from './write-commands.js';

const commands = new Map<string, Command>([...readCommands, ...writeCommands, ...catalogCommands, ...sessionCommands]);

const ofEveryCommand = ['$db', 'lsid', '$clusterTime', '$readPreference', 'comment', 'maxTimeMS'];
const ofTransactions = ['txnNumber', 'autocommit', 'startTransaction'];
const endings = ['commitTransaction', 'abortTransaction'];

/** Carries out a command and answers it. An error in a transaction ends the transaction. */
export async function execute(server: Server, name: string, body: Document, now: Date): Promise<Document> {
  const command = commands.get(name);
  if (!command) throw new ServerError('CommandNotFound', `no such command: '${name}'`);
  checkOptions(
    body,
    [name, ...command.options, ...concernsOf(command, body), ...ofEveryCommand, ...ofTransactions],
    name,
  );
  checkConcerns(server, body);
  return server.sessions.inTurn(body, () => run(command, server, name, body, now));
}

async function run(command: Command, server: Server, name: string, body: Document, now: Date): Promise<Document> {
  const call: Omit<Call, 'transaction' | 'results'> = { name, body, database: String(body.$db), now, server };
  // Ending a transaction asks for its state itself: it may have ended before.
  if (endings.includes(name)) return command.run({ ...call, transaction: null, results: null });
  const attached = server.sessions.attach(body);
  const { transaction } = attached;
  try {
    if (transaction && !command.isAllowedInTransaction)
      throw new ServerError(
        'OperationNotSupportedInTransaction',
        `Cannot run '${name}' in a multi-document transaction.`,
      );
    const answer = await command.run({ ...call, ...attached });
    if (transaction && answer.writeErrors !== undefined) server.sessions.abortAfterError(transaction);
    return answer;
  } catch (error) {
    if (transaction) server.sessions.abortAfterError(transaction);
    throw error;
  }
}

/** In a transaction only its first command says how it reads, and only its end how it is written. */
function concernsOf({ kind }: Command, { autocommit, startTransaction, ...body }: Document): string[] {
  if (autocommit !== false) {
    // The driver tells writes of causally consistent sessions too after which time they are to come.
    const isPlacedInTime = isDocument(body.readConcern) && Object.keys(body.readConcern).join() === 'afterClusterTime';
    if (kind === 'write') return isPlacedInTime ? ['writeConcern', 'readConcern'] : ['writeConcern'];
    return kind === 'read' ? ['readConcern'] : [];
  }
  if (endings.some((ending) => ending in body)) return ['writeConcern'];
  return startTransaction === true ? ['readConcern'] : [];
}

function checkConcerns({ store }: Server, body: Document): void {
  const writing = documentOption(body.writeConcern, 'writeConcern');
  checkOptions(writing, ['w', 'j', 'wtimeout'], 'writeConcern');
  if (!['undefined', 'majority', '0', '1'].includes(String(writing.w))) throw notKnown(`w: ${String(writing.w)}`);
  const reading = documentOption(body.readConcern, 'readConcern');
  checkOptions(reading, ['level', 'afterClusterTime', 'atClusterTime'], 'readConcern');
  if (!['undefined', 'local', 'majority', 'snapshot'].includes(String(reading.level)))
    throw notKnown(`the read concern ${String(reading.level)}`);
  const { afterClusterTime } = reading;
  if (afterClusterTime !== undefined && Number((afterClusterTime as { i: number }).i) > store.moment)
    throw new ServerError('InvalidOptions', 'The time to read after has not come.');
}

/** What a server that is not the primary says to a command; null: it answers it all the same. */
export function refusalOfSecondary(name: string, { autocommit }: Document): ServerError | null {
  const kind = commands.get(name)?.kind;
  if (kind === 'other') return null;
  if (kind === 'read' && autocommit === undefined) {
    return new ServerError('NotPrimaryNoSecondaryOk', 'not primary and secondaryOk=false');
  }
  return notPrimary();
}

export function notPrimary(): ServerError {
  return new ServerError('NotWritablePrimary', 'not primary');
}

/** An error as the answer to a command. */
export function refusal(error: unknown, name: string, body: Document): Document {
  const known =
    error instanceof ServerError
      ? error
      : new ServerError('InternalError', error instanceof Error ? String(error.stack) : String(error));
  const errorLabels = labelsOf(known, {
    isInTransaction: body.autocommit === false,
    isEndOfTransaction: endings.includes(name),
    isRetryableWrite: body.txnNumber !== undefined,
  });
  return {
    ok: 0,
    errmsg: known.message,
    code: new Int32(known.code),
    codeName: known.codeName,
    ...known.details,
    ...(errorLabels.length > 0 ? { errorLabels } : {}),
  };
}

/** The times of a replica set, which drivers pass on to each other. */
export function timesOf(server: Server): Document {
  const time = timeOf(server);
  const signature = { hash: new Binary(Buffer.alloc(20)), keyId: Long.ZERO };
  return { operationTime: time, $clusterTime: { clusterTime: time, signature } };
}
