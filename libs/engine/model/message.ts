/**
 * What a message is: a class that declares its shape (decorators of `shape.ts`), its stored name and, for what can be
 * asked over HTTP, its route and who may use it. Types, validation, routes, permissions and OpenAPI derive from it.
 */

/** A class whose instances are plain data; `type` is the stored name, a literal that no minifier touches. */
export interface MessageClass<T = object, Type extends string = string> {
  new (): T;
  readonly type: Type;
}

/** How a message is reached over HTTP. Fields named in the path come from it, all others from body or query string. */
export interface HttpRoute {
  /** Method and path below the base, e.g. `POST /offers/{offer}/publish`. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;
  /** Roles that may do it; `anyone` needs no credentials. */
  readonly by: readonly string[] | 'anyone';
  /** One sentence for the reference. */
  readonly summary: string;
  /** `required`: a call without `If-Match` is answered 428. */
  readonly revision?: 'required';
  /** Code of the 403 for a role that may not; the general one if absent. */
  readonly denied?: string;
  /** Of a query: can be asked as of an earlier instant or position too. */
  readonly asOf?: true;
  /** Of a query: its answer can be asked for with a receipt. The version of what decides: raise it whenever that changes. */
  readonly receipt?: number;
  /** Calls of one client's address are counted; more than the limits say are answered 429, whoever makes them. */
  readonly limitedBy?: 'address';
  /** Status of success; 200 if absent. */
  readonly status?: 200 | 201 | 202;
}

/** A list of a command's that may be longer than one append takes; a longer one is carried out in parts, as an operation. */
export interface Bulk {
  /** The field that holds the list; the answer holds a row for each of its entries, as `rows`. */
  readonly field: string;
  /** Most entries that one append carries out. */
  readonly perCommand: number;
  /** What may be written down of an entry until all is done, and shown in its row: nothing that may say who a person is. */
  keep(entry: string): string;
}

/** A command: what someone asks for, in the imperative. Without `http` only processes and timers can issue it. */
export interface CommandClass<T = object, Type extends string = string> extends MessageClass<T, Type> {
  readonly http?: HttpRoute;
  /** The class of what the answer holds beyond revision, position and settled. */
  readonly answers?: MessageClass;
  /** The class of what a dry run answers beside the events. */
  readonly previews?: MessageClass;
  /** Wait (bounded) until the processes have handled the events, then answer (R71). */
  readonly settles?: boolean;
  readonly bulk?: Bulk;
  /**
   * Fields that say who a person is. They are left out of the hash by which a repetition is told from another command:
   * kept with the event for ever, it would let whoever guesses a person confirm it.
   */
  readonly personal?: readonly string[];
}

/** An event: what happened, in the past tense. `v` is the version of its payload. */
export interface EventClass<T = object, Type extends string = string> extends MessageClass<T, Type> {
  readonly v: number;
  /** `upcasts[n]` turns a payload of version n into one of version n + 1. */
  readonly upcasts?: Readonly<Record<number, (data: never) => unknown>>;
}

/** A query: what someone wants to see. */
export interface QueryClass<T = object, Type extends string = string> extends MessageClass<T, Type> {
  readonly http: HttpRoute;
  readonly answers: MessageClass;
  /** Of a list: the fields that tell a row from the others, so that two answers can be compared. */
  readonly rowKey?: readonly string[];
}

/** An event as a decider returns it: name and payload. */
export interface EventData<Type extends string = string, Data = object> {
  readonly type: Type;
  readonly data: Data;
}

/** The union of the events that the given classes declare. */
export type EventOf<C> = C extends EventClass<infer Data, infer Type> ? EventData<Type, Data> : never;

/** Writes an event down; the compiler checks the payload against its class. */
export function event<Data extends object, Type extends string>(
  eventClass: EventClass<Data, Type>,
  data: NoInfer<Data>,
): EventData<Type, Data> {
  return { type: eventClass.type, data };
}

/** Whether an event is of one of these classes: how a stream's events are told apart by theme. */
export function isOneOf<C extends EventClass, E extends EventData>(
  classes: readonly C[],
  event: E,
): event is E & EventOf<C> {
  return classes.some(({ type }) => type === event.type);
}
