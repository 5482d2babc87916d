import { tell, untilRests, type Operation } from './operation.js';
import { Server } from './server.js';
import type { Surroundings } from './surroundings.js';
import { textTable } from './text-table.js';

interface Parked {
  readonly kind: string;
  readonly key: string;
  readonly event: string;
  readonly error: string;
  readonly since: string;
  readonly waiting: number;
  readonly details: { readonly type: string } | null;
}

interface Skip {
  readonly view: string;
  readonly event: string;
  readonly reason: string;
  readonly by: { readonly kind: string; readonly id: string };
  readonly at: string;
}

/** Documents that wait, of one view or of all: with the event, its type and why it could not be folded. */
export async function showParked(view: string | undefined, json: boolean, surroundings: Surroundings): Promise<void> {
  const server = serverOf(surroundings);
  const rows: (Parked & { readonly view: string })[] = [];
  for (const name of view === undefined ? await viewsWithParked(server) : [view]) {
    for await (const page of server.pages<Parked>(`${pathOf(name)}/parked`))
      rows.push(...page.rows.map((row) => ({ view: name, ...row })));
  }
  const heads = ['view', 'kind', 'key', 'event', 'type', 'since', 'waiting', 'error'];
  const cells = rows.map((row) => [
    ...[row.view, row.kind, row.key, row.event, row.details?.type ?? '', row.since],
    ...[String(row.waiting), row.error.replace(/\s+/g, ' ')],
  ]);
  show(rows, json, rows.length === 0 ? 'No document waits.\n' : textTable([heads, ...cells]), surroundings);
}

async function viewsWithParked(server: Server): Promise<readonly string[]> {
  type Status = { readonly view: string; readonly parked: readonly object[] };
  const { rows } = await server.ask<{ readonly rows: readonly Status[] }>('GET', '/projections');
  return rows.filter(({ parked }) => parked.length > 0).map(({ view }) => view);
}

/** Has all that waits in a view folded again. */
export async function retryParked(view: string, json: boolean, surroundings: Surroundings): Promise<void> {
  const path = `${pathOf(view)}/parked/retry`;
  const asked = await serverOf(surroundings).ask<{ readonly documents: number }>('POST', path, {});
  const said = `${asked.documents} of ${view} are folded again. \`seatledger parked ${view}\` shows what failed again.\n`;
  show(asked, json, said, surroundings);
}

/** Has a view leave out an event that it could not fold. */
export async function skipEvent(
  view: string,
  event: string,
  { reason, json }: { readonly reason: string; readonly json: boolean },
  surroundings: Surroundings,
): Promise<void> {
  const skip = await serverOf(surroundings).ask<Skip>('POST', `${pathOf(view)}/skips`, { event, reason });
  const said = `${view} leaves out ${event}, and folds what waits behind it. To take that back: seatledger parked withdraw ${view} ${event}\n`;
  show(skip, json, said, surroundings);
}

/** Events that a view leaves out. */
export async function showSkips(view: string, json: boolean, surroundings: Surroundings): Promise<void> {
  const rows: Skip[] = [];
  for await (const page of serverOf(surroundings).pages<Skip>(`${pathOf(view)}/skips`)) rows.push(...page.rows);
  const cells = rows.map(({ event, at, by, reason }) => [event, at, `${by.kind} ${by.id}`, reason]);
  const table = textTable([['event', 'since', 'by', 'reason'], ...cells]);
  show(rows, json, rows.length === 0 ? `${view} leaves out no event.\n` : table, surroundings);
}

/** Takes a skip back, and waits until the view was built anew with the event. */
export async function withdrawSkip(
  view: string,
  event: string,
  json: boolean,
  surroundings: Surroundings,
): Promise<void> {
  const server = serverOf(surroundings);
  const begun = await server.ask<Operation>('POST', `${pathOf(view)}/skips/withdraw`, { event });
  tell(await untilRests(begun, server, surroundings), json, surroundings);
}

function serverOf({ environment, signal }: Surroundings): Server {
  return new Server(environment, signal);
}

function pathOf(view: string): string {
  return `/projections/${encodeURIComponent(view)}`;
}

function show(answer: object, json: boolean, text: string, { stdout }: Surroundings): void {
  stdout.write(json ? `${JSON.stringify(answer)}\n` : text);
}
