import { join } from 'node:path';
import { event } from '#lib/engine/model/message.js';
import type { NewEvent } from '#lib/engine/ports/event-store.js';
import { personPut } from '#lib/domain/person/directory.js';
import { PersonErased } from '#lib/domain/person/messages.js';
import { root } from '../architecture/tree.js';
import { fromSource } from '../support/from-source.js';
import { recorded } from '../support/given.js';
import { send } from '../support/http.js';
import { marked } from '../support/persons.js';
import { bytesOf, newFolder, openTestFolder } from '../support/sqlite.js';
import { startServerProcess, untilReady } from './server-process.js';

const tenantId = '8c2d1f3a-0000-4000-8000-00000000c0de';
const marker = 'q7-unlikely-marker-z3';
const data = marked(marker);
const startMs = 60_000;

const launch = (folder: string) =>
  startServerProcess({
    data: folder,
    entry: join(root, 'apps', 'server', 'main.ts'),
    execArgv: fromSource,
    environment: { SEATLEDGER_LOG_LEVEL: 'trace' },
  });

/** A folder as a crash leaves it: the log says that the person was erased, and their row is still there. */
async function crashedBeforeErasing(): Promise<string> {
  const folder = newFolder();
  const stores = await openTestFolder(folder);
  await stores.records.transact([{ ...personPut(tenantId, 'ada', data), expect: 'none' }]);
  const stream = `person-${tenantId}.ada`;
  const events: NewEvent[] = recorded(stream, [event(PersonErased, { personId: 'ada', publisherId: null, tenantId })]);
  await stores.events.append(stream, 'none', events);
  await stores.close();
  return folder;
}

it(
  'R95 what a crash left between event and erasure is erased by the next start',
  async () => {
    const folder = await crashedBeforeErasing();
    expect(bytesOf(folder).includes(marker)).toBe(true);
    const server = await launch(folder);
    await untilReady(server.address);
    expect(bytesOf(folder).includes(marker)).toBe(false);
    expect((await server.end('SIGKILL')).output).not.toContain(marker);
    expect(bytesOf(folder).includes(marker)).toBe(false);
  },
  startMs,
);

it(
  'R95 an erased person stays erased when the process is killed right after the answer, and no log names them',
  async () => {
    const folder = newFolder();
    const server = await launch(folder);
    const ask = (key: string | null, method: string, path: string, body?: unknown) =>
      send(method, `${server.address}/v1${path}`, { ...(key !== null && { key }), body });
    const created = await ask(server.adminKey, 'POST', '/keys', {
      role: 'customer.userAdmin',
      tenantId,
      label: 'admin',
    });
    const path = `/customers/${tenantId}/people/ada`;
    const statuses = [];
    for (const [method, body] of [
      ['PUT', data],
      ['PUT', { ...data, name: marker.repeat(20), email: marker }],
      ['PUT', { ...data, [marker]: marker }],
      ['PUT', `{"name":"${marker}`],
      ['GET', undefined],
      ['DELETE', undefined],
      ['PUT', data],
    ] as const) {
      const people = method === 'GET' ? path.replace('/ada', '') : path;
      if (method === 'DELETE') expect(bytesOf(folder).includes(marker)).toBe(true);
      statuses.push((await ask(created.body.key, method, people, body)).status);
    }
    expect(statuses).toEqual([200, 422, 400, 400, 200, 200, 422]);
    expect(bytesOf(folder).includes(marker)).toBe(false);

    const { output } = await server.end('SIGKILL');
    expect(output).toContain('listens on');
    expect(output).not.toContain(marker);
    expect(bytesOf(folder).includes(marker)).toBe(false);
  },
  startMs,
);
