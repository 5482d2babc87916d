import type { Settlement } from '../commands/command-engine.js';
import type { History, Moment } from '../history/history.js';
import { PastParkedError, TooWideError } from '../history/past-reader.js';
import { limits } from '../limits.js';
import type { Actor } from '../model/envelope.js';
import type { QueryClass } from '../model/message.js';
import type { QueryContext, QueryHandling, Ref } from '../model/query.js';
import type { Clock } from '../ports/clock.js';
import type { Position } from '../ports/event-store.js';
import type { Records } from '../ports/records.js';
import { Turns } from '../ports/turns.js';
import type { ViewReader } from '../ports/view-store.js';
import { faultOf as faultOfShape } from '../schema.js';
import type { Ask, QueryOutcome } from './ask.js';
import { Cursors, type Cursor } from './cursor.js';
import { isOfView, Reading } from './reading.js';
import { receiptFor, type Receipt } from './receipt.js';
import type { VisibleViews } from './visible-views.js';

export interface QueryEngineOptions<Settings> {
  readonly queries: readonly QueryHandling[];
  readonly views: ViewReader;
  readonly records: Pick<Records, 'get' | 'list'>;
  readonly visible: VisibleViews;
  readonly settlement: Settlement & { consequencesOf(position: Position): Position };
  readonly clock: Clock;
  readonly settings: Settings;
  /** Needed by queries that can be asked as of an earlier instant or position. */
  readonly history?: History;
  /** Signs cursors. */
  readonly secret: string;
}

/** What reading once gave, as an outcome that still lacks its position, and the views that it came from. */
interface Read {
  readonly views: ReadonlySet<string>;
  /** Whose fold the documents are, if a receipt was asked for. */
  readonly exactly?: Position | null;
  readonly outcome: (position: Position) => QueryOutcome;
}

/** Answers queries from documents: all those of one answer in one snapshot, at the asked position or later. */
export class QueryEngine<Settings> {
  readonly #handlings: ReadonlyMap<string, QueryHandling>;
  /** Views that a query needed the last time: waited for before reading. */
  readonly #needs = new Map<string, ReadonlySet<string>>();
  readonly #cursors: Cursors;
  readonly #pastTurns = new Turns(limits.pastAtOnce);

  constructor(private readonly options: QueryEngineOptions<Settings>) {
    const handlings = new Map<string, QueryHandling>();
    for (const handling of options.queries) {
      if (handlings.has(handling.query.type)) throw new Error(`Query ${handling.query.type} has two handlers.`);
      handlings.set(handling.query.type, handling);
    }
    this.#handlings = handlings;
    this.#cursors = new Cursors(options.secret);
  }

  async ask(query: object, ask: Ask): Promise<QueryOutcome> {
    const { type, http } = query.constructor as QueryClass;
    const handling = this.#handlings.get(type);
    if (!handling) throw new Error(`Nothing answers ${type}.`);
    if (http.by !== 'anyone' && !http.by.includes(ask.actor.role)) return { kind: 'forbidden' };
    const { clock, settings, settlement, visible } = this.options;
    const until = Date.now() + ask.waitMs;
    const context = { now: clock.now(), actor: ask.actor, caller: ask.caller, settings };
    if (ask.asOf) {
      const moment = await this.#historyFor(type).moment(ask.asOf);
      return moment === null ? beyondTheEnd : this.#askAsOf(moment, handling, query, ask, context);
    }
    if (ask.after !== null && !(await settlement.settle(ask.after, ask.waitMs, ask.gone))) {
      return { kind: 'behind', position: visible.lowest(this.#needs.get(type)) ?? '' };
    }
    if (handling.answers === 'one' && handling.fromLog) {
      return this.#askAsOf(await this.#historyFor(type).present(), handling, query, ask, context);
    }
    const target = ask.after === null ? null : settlement.consequencesOf(ask.after);
    for (;;) {
      const needed = this.#needs.get(type) ?? new Set<string>();
      const reached = target === null || (await this.#reach(needed, target, until, ask.gone));
      // What rests on no view shows records as they are now: no older than what was waited for, or than any view.
      const before = needed.size > 0 ? visible.lowest(needed) : (ask.after ?? visible.lowest());
      if (!reached || (needed.size > 0 && before === null)) return { kind: 'behind', position: before ?? '' };
      const read = await this.#read(handling, query, ask, context);
      const isNew = [...read.views].some((view) => !needed.has(view));
      if (isNew) this.#needs.set(type, new Set([...needed, ...read.views]));
      // What a first reading turned out to need was not waited for: read again.
      if (isNew) continue;
      if (!ask.receipt) return read.outcome(before ?? '');
      const position = read.exactly ?? null;
      return position === null ? { kind: 'behind', position: '' } : withReceipt(read.outcome(position), query, context);
    }
  }

  /** Answers what a receipt was given for again, with what it follows from. A position beyond the log's end is malformed. */
  async replay(
    { query: type, input, caller, now, position }: Receipt,
    actor: Actor,
    waitMs: number,
  ): Promise<QueryOutcome> {
    const handling = this.#handlings.get(type);
    const fault = handling?.query.http.receipt === undefined ? 'No such query.' : faultOfShape(handling.query, input);
    if (!handling || fault !== null) return { kind: 'malformed', parameter: 'receipt', detail: fault ?? '' };
    if ((await this.#historyFor(type).moment({ position })) === null) return beyondTheEnd;
    const query: object = Object.assign(new handling.query(), input);
    const ask = { actor, caller, after: null, receipt: true, waitMs, page: { limit: 0, cursor: null, filter: {} } };
    const context = { now, actor, caller, settings: this.options.settings };
    return this.#askAsOf({ position, now }, handling, query, ask, context);
  }

  async #reach(
    views: ReadonlySet<string>,
    target: Position,
    until: number,
    gone: AbortSignal | undefined,
  ): Promise<boolean> {
    for (const view of views) {
      if (!(await this.options.visible.of(view).reach(target, until - Date.now(), gone))) return false;
    }
    return true;
  }

  /** The same rounds and the same composing, on documents that are folded up to where the log ended then. */
  async #askAsOf(
    moment: Moment,
    handling: QueryHandling,
    query: object,
    ask: Ask,
    context: QueryContext<Settings>,
  ): Promise<QueryOutcome> {
    const { records } = this.options;
    const history = this.#historyFor(handling.query.type);
    const position = this.#cursorOf(handling, query, ask)?.asOf ?? moment.position;
    if (!(await history.reach(position, ask.waitMs, ask.gone))) {
      return { kind: 'behind', position: history.indexed ?? '' };
    }
    const documents = new Reading(history.reader(position), records);
    try {
      const then = { ...context, now: moment.now };
      const compose = () => this.#compose(handling, query, ask, then, documents, position);
      const outcome = (await this.#pastTurns.take(compose)).outcome(position);
      return ask.receipt ? withReceipt(outcome, query, then) : outcome;
    } catch (error) {
      if (error instanceof TooWideError) return { kind: 'tooWide', detail: error.message };
      if (error instanceof PastParkedError) return { kind: 'parked', since: error.since, position };
      throw error;
    }
  }

  #historyFor(type: string): History {
    const { history } = this.options;
    if (!history) throw new Error(`${type} cannot be asked as of an earlier state.`);
    return history;
  }

  #read(handling: QueryHandling, query: object, ask: Ask, context: QueryContext<Settings>): Promise<Read> {
    return this.options.views.snapshot(async (reader) => {
      const documents = new Reading(reader, this.options.records);
      const read = await this.#compose(handling, query, ask, context, documents, null);
      return ask.receipt ? { ...read, exactly: await documents.position() } : read;
    });
  }

  /** `asOf`: where the log ended for these documents; null: they are those of now. */
  async #compose(
    handling: QueryHandling,
    query: object,
    ask: Ask,
    context: QueryContext<Settings>,
    documents: Reading,
    asOf: Position | null,
  ): Promise<Read> {
    if (handling.answers === 'list') return this.#list(handling, query, ask, context, documents, asOf);
    const refs: Ref[] = [];
    for (const round of handling.rounds) {
      const named = round(query, documents, context);
      refs.push(...named);
      await documents.take(named);
    }
    const parked = asOf === null ? this.#parkedSince(refs) : null;
    const body: object | null = handling.compose(query, documents, context);
    return {
      views: documents.views,
      outcome: (position) =>
        parked !== null
          ? { kind: 'parked', since: parked, position }
          : body === null
            ? { kind: 'notFound' }
            : { kind: 'one', position, body },
    };
  }

  #cursorOf(handling: QueryHandling, query: object, ask: Ask): Cursor | null {
    return ask.page.cursor === null ? null : this.#cursors.read(ask.page.cursor, listOf(handling, query, ask));
  }

  async #list(
    handling: QueryHandling & { answers: 'list' },
    query: object,
    ask: Ask,
    context: QueryContext<Settings>,
    documents: Reading,
    asOf: Position | null,
  ): Promise<Read> {
    const { page } = ask;
    const list = listOf(handling, query, ask);
    const after = this.#cursorOf(handling, query, ask);
    const fault = faultOf(handling, page, after !== null);
    if (fault) return { views: documents.views, outcome: () => fault };
    for (const round of handling.before ?? []) await documents.take(round(query, documents, context));
    const find = handling.find(query, documents, context);
    if (!find) return { views: documents.views, outcome: () => ({ kind: 'notFound' }) };
    const given = after?.given ?? 0;
    const first = ('first' in find ? find.first : null) ?? Infinity;
    const limit = Math.max(0, Math.min(page.limit, first - given));
    const found = await documents.page(find, { after, limit: limit + 1, filter: page.filter });
    const shown = found.slice(0, limit);
    for (const round of handling.rows ?? []) {
      await documents.take(shown.flatMap(({ doc }) => round(doc, query, documents)));
    }
    const rows: object[] = shown.map(({ doc }) => handling.compose(doc, query, documents, context));
    const goesOn = found.length > limit && given + limit < first;
    const last = goesOn ? shown.at(-1) : undefined;
    const next = last
      ? this.#cursors.write({ list, value: last.value, key: last.key, given: given + shown.length, asOf })
      : null;
    return { views: documents.views, outcome: (position) => ({ kind: 'list', position, rows, next }) };
  }

  #parkedSince(refs: readonly Ref[]): string | null {
    for (const { view, kind, key } of refs.filter(isOfView)) {
      const since = this.options.visible.parkedSince(view.name, kind, key);
      if (since !== null) return since;
    }
    return null;
  }
}

/** What a cursor belongs to: the same list, asked for in the same way. */
function listOf({ query: { type } }: QueryHandling, query: object, { page, asOf }: Ask): string {
  return [type, ...[query, page.filter, asOf].map((part) => JSON.stringify(part))].join(' ');
}

function withReceipt(outcome: QueryOutcome, query: object, context: QueryContext): QueryOutcome {
  if (outcome.kind !== 'one') return outcome;
  return { ...outcome, receipt: receiptFor(query, context, outcome.position, outcome.body) };
}

const beyondTheEnd: QueryOutcome = {
  kind: 'malformed',
  parameter: 'asOf',
  detail: 'This position lies beyond the end of the log.',
};

function faultOf(
  { filters = [] }: QueryHandling & { answers: 'list' },
  { cursor, filter }: Ask['page'],
  cursorIsOurs: boolean,
): QueryOutcome | null {
  if (cursor !== null && !cursorIsOurs) {
    return { kind: 'malformed', parameter: 'cursor', detail: 'This cursor was not given by this list.' };
  }
  const unknown = Object.keys(filter).find((field) => !filters.includes(field));
  if (unknown === undefined) return null;
  const detail = `This list can be filtered by ${filters.join(', ') || 'nothing'}, not by ${unknown}.`;
  return { kind: 'malformed', parameter: `filter[${unknown}]`, detail };
}
