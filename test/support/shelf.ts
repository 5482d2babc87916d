import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { HttpRoute } from '#lib/engine/model/message.js';
import type { View } from '#lib/engine/model/query.js';
import type { RefusalPages } from '#lib/engine/model/refusal.js';
import { Default, Nullable, Numeric, Parts, TenantGuid, Text, Whole } from '#lib/engine/model/shape.js';

/** A product small enough to test the protocol with: books on publishers' shelves. It decides and shows nothing by itself. */
class Page {
  @Text({ maxLength: 5 }) text!: string;
}

class NewBook {
  static readonly type = 'NewBook';
  @Text() bookId!: string;
}

export class PutBook {
  static readonly type = 'PutBook';
  static readonly http: HttpRoute = {
    route: 'POST /publishers/{publisherId}/books',
    by: ['publisher.owner', 'marketplaceOperator'],
    status: 201,
    summary: 'Put a book on the shelf.',
  };
  static readonly answers = NewBook;
  @Text() publisherId!: string;
  @Text() title!: string;
  @Numeric() pages!: number;
  @Default(null) @Nullable() @Text() note!: string | null;
  @Default(null) @Nullable() @TenantGuid() tenantId!: string | null;
  @Default([]) @Parts(() => Page) samples!: Page[];
}

export class SignBook {
  static readonly type = 'SignBook';
  static readonly http: HttpRoute = {
    route: 'POST /customers/{tenantId}/books/{bookId}/sign',
    by: ['customer.billingAdmin'],
    summary: 'Sign a book.',
    revision: 'required',
    denied: 'SIGNER_NOT_ALLOWED',
  };
  @TenantGuid() tenantId!: string;
  @Text() bookId!: string;
}

export class ReviewBook {
  static readonly type = 'ReviewBook';
  static readonly http: HttpRoute = { route: 'POST /reviews', by: 'anyone', summary: 'Say what you think.' };
  @Text() words!: string;
}

/** Only a process issues it. */
class DustBook {
  static readonly type = 'DustBook';
}

class Book {
  static readonly type = 'Book';
  @Text() title!: string;
  @Whole() revision!: number;
}

export class GetBook {
  static readonly type = 'GetBook';
  static readonly http: HttpRoute = {
    route: 'GET /offers/{offer}',
    by: ['publisher.owner'],
    summary: 'One book.',
    asOf: true,
  };
  static readonly answers = Book;
  @Text() offer!: string;
  @Default(1) @Whole() edition!: number;
}

export class ListBooks {
  static readonly type = 'ListBooks';
  static readonly http: HttpRoute = { route: 'GET /books', by: ['auditor'], summary: 'All books.' };
  static readonly answers = Book;
}

const handle = handling<null, never, unknown>();
const stream = () => 'shelf-1';
const decide = () => [];

export const shelf: Decider<null> = {
  category: 'shelf',
  events: [],
  initial: () => null,
  evolve: () => null,
  owner: () => null,
  handles: [
    handle({ command: PutBook, creates: true, stream, decide }),
    handle({ command: SignBook, stream, decide }),
    handle({ command: ReviewBook, creates: true, stream, decide }),
    handle({ command: DustBook, stream, decide }),
  ],
};

const projection = {
  name: 'books',
  version: 1,
  kinds: { book: { fields: { title: 'text', pages: 'number', tenantId: 'text' } } },
  on: {},
  fold: () => {},
} as const;

export const books: View = {
  projection,
  queries: [
    { answers: 'one', query: GetBook, rounds: [], compose: () => null },
    {
      answers: 'list',
      query: ListBooks,
      find: () => null,
      compose: () => null,
      filters: ['title', 'pages', 'tenantId'],
    },
  ],
};

export const shelfRefusals = {
  TITLE_INVALID: { rule: 'R9', status: 422, title: 'The title is not valid', help: 'Use "words" & no <markup>.' },
  PAGES_INVALID: { rule: 'R2', status: 422, title: 'The number of pages is not valid', help: 'Give a whole number.' },
  SHELF_FULL: { rule: null, status: 422, title: 'The shelf is full', help: 'Take something off.' },
  SIGNER_NOT_ALLOWED: { rule: 'R57', status: 403, title: 'This role may not sign', help: 'Ask the billing admin.' },
} as const satisfies RefusalPages;

export const shelfProduct = { deciders: [shelf], views: [books], refusals: shelfRefusals };
