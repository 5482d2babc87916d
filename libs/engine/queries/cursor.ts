import { createHmac, timingSafeEqual } from 'node:crypto';

/** The row after which a page begins, and the list that it belongs to. */
export interface Cursor {
  readonly list: string;
  readonly value: string | number | null;
  readonly key: string;
  /** Rows on this page and those before it. */
  readonly given: number;
  /** Where the log ended for the page before, so that all pages are of one state; null: each page is of now. */
  readonly asOf: string | null;
}

/** Makes and reads the opaque cursors of lists. They are signed: a cursor of another list or of nobody's is refused. */
export class Cursors {
  constructor(private readonly secret: string) {}

  write(cursor: Cursor): string {
    const text = Buffer.from(JSON.stringify(cursor)).toString('base64url');
    return `${text}.${this.#sign(text)}`;
  }

  /** Null if the text is not a cursor of that list. */
  read(text: string, list: string): Cursor | null {
    const [body = '', signature = ''] = text.split('.');
    const given = Buffer.from(signature);
    const right = Buffer.from(this.#sign(body));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const cursor = JSON.parse(Buffer.from(body, 'base64url').toString()) as Cursor;
    return cursor.list === list ? cursor : null;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('base64url').slice(0, 22);
  }
}
