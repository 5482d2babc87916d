import type { FastifyReply } from 'fastify';
import type { Refusal, RefusalPage, RefusalPages } from '#lib/engine/model/refusal.js';
import { limits } from './limits.js';
import { generalProblems } from './problem-codes.js';
import { traceOf } from './trace.js';

/** Order in which statuses win when several faults come together (the order of refusals of the domain). */
const precedence = [401, 404, 403, 400, 415, 413, 428, 412, 422];

/** Seconds after which trying again makes sense. */
const retryAfterS: Readonly<Record<string, number>> = {
  STORE_UNAVAILABLE: 5,
  DOCUMENT_PARKED: 60,
  HISTORY_UNREADABLE: 60,
};

/** Members beyond those of every problem: the current revision, a view's position. */
type Extension = Readonly<Record<string, unknown>>;

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly body: string;
}

/** The closed list of codes, and how a fault becomes an RFC 9457 answer. */
export interface Problems {
  readonly pages: RefusalPages;
  /** The first fault names the problem, in the order of status and rule number; all are listed. */
  of(faults: readonly Refusal[], traceId: string, extension?: Extension): Problem;
}

/** What `base` answers is put before the addresses of the codes' pages. A code in both lists is a bug and throws. */
export function problemBook(domainPages: RefusalPages, base = () => ''): Problems {
  for (const code of Object.keys(domainPages)) {
    if (Object.hasOwn(generalProblems, code)) throw new Error(`The code ${code} is the protocol's own.`);
  }
  const pages: RefusalPages = { ...generalProblems, ...domainPages };
  const pageOf = (code: string): RefusalPage => {
    const page = Object.hasOwn(pages, code) ? pages[code] : undefined;
    if (!page) throw new Error(`There is no page for the code ${code}.`);
    return page;
  };
  return {
    pages,
    of(faults, traceId, extension = {}) {
      const sorted = faults
        .map((fault) => ({ fault, page: pageOf(fault.code) }))
        .sort((a, b) => rank(a.page.status) - rank(b.page.status) || ruleNumber(a.page) - ruleNumber(b.page));
      const first = sorted[0];
      if (!first) throw new Error('A problem needs a fault.');
      const { code, detail } = first.fault;
      const { title, status, rule } = first.page;
      const errors = sorted.slice(0, limits.faultsListed).map(({ fault, page }) => ({
        pointer: fault.pointer,
        code: fault.code,
        rule: page.rule,
        detail: fault.detail,
      }));
      const body = {
        type: `${base()}/problems/${code}`,
        title,
        status,
        detail,
        code,
        rule,
        errors,
        traceId,
        ...extension,
      };
      return { status, code, body: JSON.stringify(body) };
    },
  };
}

function rank(status: number): number {
  const at = precedence.indexOf(status);
  return at < 0 ? precedence.length : at;
}

function ruleNumber({ rule }: RefusalPage): number {
  return rule === null ? Number.MAX_SAFE_INTEGER : Number(rule.slice(1));
}

/** A fault of the protocol's own, not of a field. */
export function fault(code: keyof typeof generalProblems, detail: string, pointer: string | null = null): Refusal {
  return { code, detail, pointer };
}

/** Answers with a problem. Whoever has nothing to say about a 5xx logs it before. */
export function sendProblem(
  reply: FastifyReply,
  problems: Problems,
  faults: readonly Refusal[],
  extension?: Extension,
): FastifyReply {
  const trace = traceOf(reply.request);
  const problem = problems.of(faults, trace, extension);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if (problem.status === 503) reply.header('retry-after', retryAfterS[problem.code] ?? 1);
  return reply
    .code(problem.status)
    .header('trace-id', trace)
    .header('cache-control', 'no-store')
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(problem.body);
}
