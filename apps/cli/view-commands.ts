import { differenceInWords, tell, untilRests, type Operation, type ViewDifference } from './operation.js';
import { Server } from './server.js';
import { RefusedError, type Surroundings } from './surroundings.js';
import { textTable } from './text-table.js';

interface Projection {
  readonly view: string;
  readonly documents: number;
  readonly lagEvents: number;
  readonly lagIsAtLeast: boolean;
  readonly lagSeconds: number;
  readonly parked: readonly object[];
  readonly verified: { readonly at: string; readonly isEqual: boolean } | null;
  readonly rebuild: string | null;
}

export interface RebuildChoice {
  readonly byHand: boolean;
  readonly wait: boolean;
  readonly json: boolean;
}

/** Every view of the running server: how far it is, what waits, what builds it anew. */
export async function showStatus(json: boolean, surroundings: Surroundings): Promise<void> {
  const { environment, signal, stdout } = surroundings;
  const { rows } = await new Server(environment, signal).ask<{ rows: readonly Projection[] }>('GET', '/projections');
  if (json) return void stdout.write(`${JSON.stringify(rows)}\n`);
  const cells = rows.map(({ view, documents, lagEvents, lagIsAtLeast, lagSeconds, parked, verified, rebuild }) => [
    view,
    documents.toLocaleString('en-US'),
    `${lagIsAtLeast ? '≥ ' : ''}${lagEvents.toLocaleString('en-US')}`,
    `${lagSeconds} s`,
    String(parked.length),
    verified ? `${verified.isEqual ? 'equal' : 'DIFFERS'} ${verified.at}` : '',
    rebuild ?? '',
  ]);
  stdout.write(
    textTable([['view', 'documents', 'events behind', 'time behind', 'parked', 'verified', 'rebuild'], ...cells]),
  );
}

/** Builds views of the running server anew, and waits until they are switched to, or for a decision. */
export async function rebuildViews(
  views: readonly string[],
  { byHand, wait, json }: RebuildChoice,
  surroundings: Surroundings,
): Promise<void> {
  const switching = byHand ? 'byHand' : 'whenEqual';
  await follow({ views: views.length > 0 ? views : null, switching }, wait, json, surroundings);
}

export interface VerifyChoice {
  /** Documents of each view; absent: all, by folding the whole log. */
  readonly sample?: number;
  readonly json: boolean;
}

/** Folds again, the whole log or what some documents come from, and compares with the views as they are read. */
export async function verifyViews(
  names: readonly string[],
  { sample, json }: VerifyChoice,
  surroundings: Surroundings,
): Promise<void> {
  const views = names.length > 0 ? names : null;
  if (sample === undefined) return follow({ views, switching: 'never' }, true, json, surroundings);
  const server = new Server(surroundings.environment, surroundings.signal);
  tellSample(
    await server.ask<Sampled>('POST', '/projections/sample', { views, documents: sample }),
    json,
    surroundings,
  );
}

interface Sampled {
  readonly views: readonly {
    readonly view: string;
    readonly compared: number;
    readonly tooWide: number;
    readonly onlyWhole: boolean;
  }[];
  readonly differences: readonly ViewDifference[];
}

/** Throws RefusedError if a document came out otherwise. */
function tellSample({ views, differences }: Sampled, json: boolean, { stdout }: Surroundings): void {
  if (json) stdout.write(`${JSON.stringify({ views, differences })}\n`);
  else {
    const cells = views.map(({ view, compared, tooWide, onlyWhole }) => [
      view,
      compared.toLocaleString('en-US'),
      onlyWhole ? 'can only be verified whole' : tooWide > 0 ? `${tooWide} rest on too much to be folded alone` : '',
    ]);
    stdout.write(textTable([['view', 'documents compared', ''], ...cells]));
    for (const difference of differences) stdout.write(`${differenceInWords(difference)}\n`);
  }
  if (differences.length > 0)
    throw new RefusedError('Folded again, these documents came out otherwise than what is read.');
}

async function follow(request: object, wait: boolean, json: boolean, surroundings: Surroundings): Promise<void> {
  const server = new Server(surroundings.environment, surroundings.signal);
  const begun = await server.ask<Operation>('POST', '/projections/rebuild', request);
  tell(wait ? await untilRests(begun, server, surroundings) : begun, json, surroundings);
}

/** Shows an operation, or asks it to go another way and waits until it has. */
export async function askOperation(
  id: string,
  act: string | undefined,
  json: boolean,
  surroundings: Surroundings,
): Promise<void> {
  const server = new Server(surroundings.environment, surroundings.signal);
  const path = `/operations/${encodeURIComponent(id)}`;
  if (act === undefined) return tell(await server.ask<Operation>('GET', path), json, surroundings);
  const asked = await server.ask<Operation>('POST', `${path}/${act}`, {});
  tell(await untilRests(asked, server, surroundings), json, surroundings);
}
