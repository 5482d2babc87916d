import { clientOptions as options } from '#lib/product/config/config.js';
import { fileVariable, givenText, type Environment } from '#lib/product/config/given.js';
import { RefusedError } from './surroundings.js';

/** A problem that the server answered with. */
export class ProblemError extends RefusedError {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Rows of a list, where the log ended for them if it says so, and what the next page is asked for with; null: it was the last. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly position?: string;
  readonly next: string | null;
}

/** Most that the server gives. */
const rowsPerPage = 200;

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly type?: string;
}

/** A running server, asked over HTTP as a person would: by the routes below `/v1`, with an API key. */
export class Server {
  readonly #address: string;
  readonly #key: string;

  constructor(
    environment: Environment,
    private readonly signal: AbortSignal,
  ) {
    this.#address = textOf(options.server, environment).replace(/\/+$/, '');
    this.#key = textOf(options.key, environment);
    if (this.#key === '') {
      const { variable } = options.key;
      throw new RefusedError(
        `Put an API key into ${variable}, or the path of a file that holds one into ${fileVariable(variable)}.`,
      );
    }
  }

  /** The answer's JSON. Rejects with ProblemError, or RefusedError where nobody answers. */
  async ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
    const response = await this.send(method, path, body);
    return (await response.json()) as T;
  }

  /** All pages of a list, one after the other. `path` may have a query string. */
  async *pages<T>(path: string): AsyncGenerator<Page<T>, void> {
    const limited = `${path}${path.includes('?') ? '&' : '?'}limit=${rowsPerPage}`;
    for (let cursor = ''; ;) {
      const page = await this.ask<Page<T>>('GET', `${limited}${cursor}`);
      yield page;
      if (page.next === null) return;
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
  }

  /** The answer itself, whose status is below 400: for what is read as it comes. */
  async send(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(`${this.#address}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: this.signal,
    }).catch((error: unknown) => Promise.reject(this.#unreachable(error)));
    if (response.status < 400) return response;
    const problem = (await response.json().catch(() => ({}))) as Problem;
    const what = problem.detail ?? problem.title ?? `${method} ${path} was answered with ${response.status}.`;
    const page = problem.type?.startsWith('http') ? `\n${problem.type}` : '';
    throw new ProblemError(response.status, problem.code ?? '', `${what}${page}`);
  }

  #unreachable(error: unknown): Error {
    if (this.signal.aborted) return error as Error;
    const { cause } = error as { readonly cause?: { readonly code?: string } };
    return new RefusedError(
      `No server answers at ${this.#address} (${cause?.code ?? String(error)}). Start it, or name its address with ${options.server.variable}.`,
      { cause: error },
    );
  }
}

function textOf(option: (typeof options)[keyof typeof options], environment: Environment): string {
  const given = givenText(option, environment, option.local);
  if ('fault' in given) throw new RefusedError(given.fault);
  return given.text;
}
