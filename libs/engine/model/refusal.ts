/** Why a command was not carried out. `pointer` is the RFC 6901 path of the faulty field of what the client sent. */
export interface Refusal<Code extends string = string> {
  readonly code: Code;
  /** What is wrong and what to do, for this very request. */
  readonly detail: string;
  readonly pointer: string | null;
}

/** All that is wrong with a command, in no particular order; the engine sorts by rule. */
export interface Rejection {
  readonly rejected: readonly Refusal[];
}

/** A check that may have found something. */
export type Finding = Refusal | readonly Refusal[] | false | null | undefined;

/**
 * Gathers what checks found: null if nothing, else one rejection that lists all of it.
 * Use it once for checks that can be judged together and again for those that need the earlier ones to hold.
 */
export function reject(...findings: readonly Finding[]): Rejection | null {
  const rejected = findings.flatMap((finding) => finding || []);
  return rejected.length === 0 ? null : { rejected };
}

/** What a code means, wherever it is given: the source of the HTTP status and of the code's page. */
export interface RefusalPage {
  /** The rule of the domain that refuses; null where it is not a rule's. */
  readonly rule: `R${number}` | null;
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 428 | 429 | 500 | 503;
  readonly title: string;
  /** How to go on. */
  readonly help: string;
}

export type RefusalPages = Readonly<Record<string, RefusalPage>>;

/** Binds a list of codes, so that a decider can only refuse with a code that has a page. */
export function refusing<Pages extends RefusalPages>(_pages: Pages) {
  return (
    code: keyof Pages & string,
    detail: string,
    pointer: string | null = null,
  ): Refusal<keyof Pages & string> => ({
    code,
    detail,
    pointer,
  });
}
