import type { Call, CommandOutcome } from '#lib/engine/commands/call.js';
import { AssignSeats } from '#lib/domain/seat-pool/messages.js';
import { BulkCommands } from '../../apps/server/operations/bulk-commands.js';
import { belongsTo, OperationRecords } from '#lib/product/operations/operation-records.js';
import { OperationRunner } from '#lib/product/operations/operation-runner.js';
import { standingClock } from '../support/http.js';
import { recordsInMemory } from '../support/records.js';
import { until } from '../support/until.js';

const persons = Array.from({ length: 1_201 }, (_, index) => `p${index}`);
const command = Object.assign(new AssignSeats(), {
  tenantId: '5c1f3a52-8a5e-4a4b-9d0c-0a4b6f1f2e3d',
  serviceId: 'fabrikam.f365.gold',
  personIds: persons,
});
const call: Call = {
  actor: { kind: 'key', id: 'key-1', role: 'customer.licenseAdmin', personId: 'ann' },
  caller: { tenantId: command.tenantId },
  idempotencyKey: 'all-of-them',
  expectedRevision: null,
  dryRun: false,
  after: null,
  waitMs: 0,
  traceparent: null,
  cause: null,
};
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** What a stream would do: answers every part, or what it is told to, and remembers who sent what. */
function stream(answer: (part: number) => CommandOutcome | null = () => null) {
  const sent: { key: string | null; personIds: readonly string[]; actor: string }[] = [];
  const execute = async (message: object, { idempotencyKey, dryRun, actor }: Call): Promise<CommandOutcome> => {
    if (dryRun) return { kind: 'dryRun', revision: 3, events: [], preview: {} };
    const { personIds } = message as AssignSeats;
    const told = answer(sent.length);
    sent.push({ key: idempotencyKey, personIds, actor: actor.id });
    const rows = personIds.map((personId) => ({ personId, result: 'assigned', code: null }));
    return told ?? { kind: 'done', revision: 3, position: `log.${sent.length}`, settled: true, answer: { rows } };
  };
  return { sent, execute };
}

function bulk(records: ReturnType<typeof recordsInMemory>, execute: ReturnType<typeof stream>['execute']) {
  const shared = { records, execute, clock: standingClock(), log };
  const runner = new OperationRunner({
    ...shared,
    commands: new Map([['AssignSeats', AssignSeats]]),
    lookEveryMs: null,
  });
  return { commands: new BulkCommands({ ...shared, begun: () => runner.begun() }), runner };
}

/** Until nothing is under way that can go on. */
async function carriedOut(runner: OperationRunner, records: ReturnType<typeof recordsInMemory>): Promise<void> {
  const stopping = new AbortController();
  const running = runner.run(stopping.signal);
  const operations = new OperationRecords(records);
  await until(async () => runner.isStuck || (await operations.running(1)).length === 0);
  stopping.abort();
  await running;
}

it('R80 sends parts of equal size, one after the other, each with a key that follows from the whole', async () => {
  const records = recordsInMemory();
  const { sent, execute } = stream();
  const { commands, runner } = bulk(records, execute);
  const begun = await commands.execute(command, call);
  if (begun.kind !== 'started') throw new Error(`It is ${begun.kind}.`);
  await carriedOut(runner, records);
  const id = begun.operation.links.self.slice('/v1/operations/'.length);
  expect(sent).toEqual([
    { key: `${id}/0`, personIds: persons.slice(0, 400), actor: 'key-1' },
    { key: `${id}/1`, personIds: persons.slice(400, 800), actor: 'key-1' },
    { key: `${id}/2`, personIds: persons.slice(800), actor: 'key-1' },
  ]);
});

it('R80 goes on with the part at which a process before it ended', async () => {
  const records = recordsInMemory();
  const first = bulk(
    records,
    stream((part) => {
      if (part === 1) throw new Error('The process ends here.');
      return null;
    }).execute,
  );
  const begun = await first.commands.execute(command, call);
  if (begun.kind !== 'started') throw new Error(`It is ${begun.kind}.`);
  await carriedOut(first.runner, records);

  const { sent, execute } = stream();
  await carriedOut(bulk(records, execute).runner, records);
  const id = begun.operation.links.self.slice('/v1/operations/'.length);
  expect(sent.map(({ key }) => key)).toEqual([`${id}/1`, `${id}/2`]);
  const operations = new OperationRecords(records);
  const operation = await operations.find(id);
  if (!operation) throw new Error('It is gone.');
  expect(operation).toMatchObject({ status: 'done', done: 1_201, partsDone: 3, position: 'log.2' });
  expect((await operations.rowsOf(operation)).map(({ personId }) => personId)).toEqual(persons);
});

it('a part that is refused as a whole ends the operation as failed, with what was done before', async () => {
  const records = recordsInMemory();
  const refusals = [{ code: 'SEAT_POOL_CLOSED', detail: 'No longer.', pointer: null }];
  const { sent, execute } = stream((part) => (part === 1 ? { kind: 'rejected', refusals } : null));
  const { commands, runner } = bulk(records, execute);
  const begun = await commands.execute(command, call);
  await carriedOut(runner, records);
  expect(sent).toHaveLength(2);
  const again = await commands.execute(command, call);
  expect([begun.kind, again]).toEqual([
    'started',
    {
      kind: 'started',
      operation: expect.objectContaining({
        status: 'failed',
        progress: { done: 400, total: 1_201 },
        problem: { code: 'SEAT_POOL_CLOSED', detail: 'No longer.' },
        rows: persons.slice(0, 400).map((personId) => ({ personId, result: 'assigned', code: null })),
      }),
    },
  ]);
});

it('canceled, ends before its next part: what was done is told, also when it is asked for again', async () => {
  const records = recordsInMemory();
  const operations = new OperationRecords(records);
  const { sent, execute } = stream();
  const canceling = async (message: object, asked: Call): Promise<CommandOutcome> => {
    const outcome = await execute(message, asked);
    const [running] = await operations.running(1);
    if (running && sent.length === 2) await operations.askToCancel(running.operation);
    return outcome;
  };
  const { commands, runner } = bulk(records, canceling);
  await commands.execute(command, call);
  await carriedOut(runner, records);
  expect(sent).toHaveLength(2);
  expect(await commands.execute(command, call)).toEqual({
    kind: 'started',
    operation: expect.objectContaining({
      status: 'canceled',
      steps: [{ name: 'AssignSeats', status: 'canceled', done: 800, total: 1_201 }],
      endedAt: standingClock().now(),
      position: 'log.2',
      problem: null,
      rows: persons.slice(0, 800).map((personId) => ({ personId, result: 'assigned', code: null })),
    }),
  });
  expect((await allOf(records)).map(({ table }) => table).sort()).toEqual([
    'operation-rows',
    'operation-rows',
    'operations',
  ]);
});

it('two that come at once with the same key are one operation', async () => {
  const { sent, execute } = stream();
  const records = recordsInMemory();
  const { commands, runner } = bulk(records, execute);
  const [one, other] = await Promise.all([commands.execute(command, call), commands.execute(command, call)]);
  await carriedOut(runner, records);
  expect(one).toEqual(other);
  expect(sent).toHaveLength(3);
});

it('of a log that ends earlier are those that had ended by then, with all their rows', async () => {
  const records = recordsInMemory();
  const { execute } = stream();
  const { commands, runner } = bulk(records, execute);
  await commands.execute(command, call);
  const begun = await kept({ position: 'log.3', recordedAt: '9999-12-31T00:00:00.000Z' });
  await carriedOut(runner, records);
  const endedAt = standingClock().now();
  async function kept(end: { readonly position: string; readonly recordedAt: string | null }) {
    const rows = [...(await allOf(records)), { table: 'keys', key: 'one' }];
    const belonging = await Promise.all(
      rows.map(async (row) => ((await belongsTo(end, row, records)) ? row.table : '')),
    );
    return [...new Set(belonging)].filter(Boolean);
  }
  expect(begun).toEqual(['keys']);
  expect(await kept({ position: 'log.3', recordedAt: endedAt })).toEqual(['operation-rows', 'operations', 'keys']);
  expect(await kept({ position: 'log.2', recordedAt: endedAt })).toEqual(['keys']);
  expect(await kept({ position: 'log.3', recordedAt: '2020-01-01T00:00:00.000Z' })).toEqual(['keys']);
  expect(await kept({ position: 'log.0', recordedAt: null })).toEqual(['keys']);
});

async function allOf(records: ReturnType<typeof recordsInMemory>) {
  for await (const rows of records.snapshot()) return rows;
  return [];
}
