export interface Sent {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
  readonly retryAfter: string | null;
}

/** A command as it is sent, to be sent again the same way. */
export interface Request {
  readonly key: string;
  readonly path: string;
  readonly body: object;
  readonly idempotencyKey: string;
  readonly revision?: number;
}

/** Null: there was no answer, so it is not known what became of it. */
export async function sendTo(
  address: string,
  { key, path, body, idempotencyKey, revision }: Request,
): Promise<Sent | null> {
  try {
    const response = await fetch(`${address}/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        ...(revision !== undefined && { 'if-match': `"r${revision}"` }),
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json(), retryAfter: response.headers.get('retry-after') };
  } catch {
    return null;
  }
}

/** An answer that must be there. */
export async function ask(address: string, key: string, path: string): Promise<Sent['body']> {
  const response = await fetch(`${address}/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** All rows of a list, page by page. */
export async function askAll(address: string, key: string, path: string): Promise<Sent['body'][]> {
  const rows: Sent['body'][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Sent['body'] = await ask(
      address,
      key,
      `${path}${path.includes('?') ? '&' : '?'}limit=200${cursor && `&cursor=${cursor}`}`,
    );
    rows.push(...page.rows);
    cursor = page.next;
  }
  return rows;
}

export async function makeKey(address: string, adminKey: string, scope: object): Promise<string> {
  const sent = await sendTo(address, {
    key: adminKey,
    path: '/keys',
    body: { ...scope, label: 'fault test' },
    idempotencyKey: crypto.randomUUID(),
  });
  if (sent?.status !== 201) throw new Error(`No key: ${JSON.stringify(sent)}`);
  return sent.body.key;
}
