/** The fields of all kinds of rows that the story looks at; each row has some of them. */
interface Row {
  readonly conflict: { readonly excess: number; readonly dueAt: string } | null;
  readonly erased: boolean;
  readonly leadId: string;
  readonly person: { readonly name: string } | null;
  readonly personId: string;
  readonly planId: string;
  readonly report: readonly { readonly detail: string }[];
  readonly serviceId: string;
  readonly source: string;
  readonly status: string;
  readonly subject: string;
  readonly total: number;
}

/** The fields of all kinds of answers that the story looks at; each answer has some of them. */
interface Fields {
  readonly allowed: boolean;
  readonly buttons: readonly string[];
  readonly code: string;
  readonly dealId: string;
  readonly errors: readonly object[];
  readonly expiresAt: string;
  readonly filter: string;
  readonly key: string;
  readonly leadId: string;
  readonly link: string;
  readonly position: string;
  readonly rows: readonly Row[];
  readonly rule: string;
  readonly serviceId: string;
  readonly status: string;
  readonly submissionId: string;
  readonly tab: string;
}

/** An answer: status, revision of what was changed or shown, and the body. */
export interface Answer {
  readonly status: number;
  readonly revision: number | null;
  readonly body: Fields;
}

interface SendOptions {
  /** Sent as `If-Match`. */
  readonly revision?: number | null;
  readonly idempotencyKey?: string;
}

/** The newest position that any of the story's people has seen: everyone reads what anyone has written. */
export interface Seen {
  position: string | null;
}

/** Sends one person's requests: one API key, JSON in and out. */
export class Client {
  constructor(
    private readonly base: string,
    private readonly key: string | null,
    private readonly seen: Seen,
  ) {}

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  post(path: string, body: object = {}, options: SendOptions = {}): Promise<Answer> {
    return this.send('POST', path, body, options);
  }

  put(path: string, body: object, options: SendOptions = {}): Promise<Answer> {
    return this.send('PUT', path, body, options);
  }

  async send(method: string, path: string, body?: object, options: SendOptions = {}): Promise<Answer> {
    const headers: Record<string, string> = {};
    if (this.key) headers['authorization'] = `Bearer ${this.key}`;
    if (body) headers['content-type'] = 'application/json';
    if (options.revision !== undefined && options.revision !== null) headers['if-match'] = `"r${options.revision}"`;
    if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
    const after = this.seen.position ? `?after=${this.seen.position}` : '';
    const response = await fetch(`${this.base}/v1${path}${after}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const tag = /^"r(\d+)"$/.exec(response.headers.get('etag') ?? '');
    const answered = JSON.parse(text) as Fields;
    if (answered.position > (this.seen.position ?? '')) this.seen.position = answered.position;
    return { status: response.status, revision: tag ? Number(tag[1]) : null, body: answered };
  }
}
