import { handling, type Decider } from '#lib/engine/model/aggregate.js';
import type { CommandClass, HttpRoute } from '#lib/engine/model/message.js';
import { Nullable, Default, Text, Whole } from '#lib/engine/model/shape.js';
import { problemBook } from '../../apps/server/http/problems.js';
import { collectRoutes } from '../../apps/server/http/routes.js';
import { books, ListBooks, PutBook, shelf, shelfRefusals } from '../support/shelf.js';

const { pages } = problemBook(shelfRefusals);
const collect = (commands: readonly CommandClass[], views = [books]) => {
  const handle = handling<null, never, unknown>();
  const handles = commands.map((command) => handle({ command, stream: () => 'x-1', decide: () => [] }));
  const decider: Decider<null> = { ...shelf, handles };
  return () => collectRoutes({ deciders: [decider], views, actions: [] }, pages);
};

/** A command that differs from a good one in what is given. */
const command = (type: string, http: Partial<HttpRoute>): CommandClass => {
  class Made {
    static readonly type = type;
    static readonly http: HttpRoute = { route: 'POST /things', by: ['admin'], summary: '', ...http };
  }
  return Made;
};

describe('the table of routes', () => {
  it('holds every message that has a route, and no other', () => {
    const routes = collectRoutes({ deciders: [shelf], views: [books], actions: [] }, pages);
    expect(routes.map(({ kind, name, tag, method, path, denied }) => [kind, name, tag, method, path, denied])).toEqual([
      ['command', 'PutBook', 'shelf', 'POST', '/publishers/{publisherId}/books', 'FORBIDDEN'],
      ['command', 'SignBook', 'shelf', 'POST', '/customers/{tenantId}/books/{bookId}/sign', 'SIGNER_NOT_ALLOWED'],
      ['command', 'ReviewBook', 'shelf', 'POST', '/reviews', 'FORBIDDEN'],
      ['one', 'GetBook', 'books', 'GET', '/offers/{offer}', 'FORBIDDEN'],
      ['list', 'ListBooks', 'books', 'GET', '/books', 'FORBIDDEN'],
    ]);
  });

  class PathOfNumber {
    static readonly type = 'PathOfNumber';
    static readonly http: HttpRoute = { route: 'POST /things/{count}', by: ['admin'], summary: '' };
    @Whole() count!: number;
  }
  class DefaultInside {
    static readonly type = 'DefaultInside';
    static readonly http: HttpRoute = { route: 'POST /things', by: ['admin'], summary: '' };
    @Nullable() @Default(null) @Text() note!: string | null;
  }
  class OtherParameterName {
    static readonly type = 'Other';
    static readonly http: HttpRoute = { route: 'POST /publishers/{name}/books', by: ['admin'], summary: '' };
    @Text() name!: string;
  }

  it.each<[string, () => unknown, string]>([
    ['a doubled command', collect([PutBook, PutBook]), 'The message PutBook is declared twice.'],
    ['a command named as a query', collect([command('GetBook', {})]), 'The message GetBook is declared twice.'],
    [
      'a doubled route',
      collect([PutBook, OtherParameterName]),
      'The route POST /publishers/{}/books is declared twice.',
    ],
    ['no roles', collect([command('A', { by: [] })]), 'A has a route but does not say by whom it may be used.'],
    [
      'roles left out',
      collect([command('A', { by: undefined as unknown as string[] })]),
      'A has a route but does not say by whom it may be used.',
    ],
    [
      'a role that is none',
      collect([command('A', { by: ['admin', 'owner'] })]),
      'A may be used by owner, which is no role.',
    ],
    [
      'a denial that is no 403',
      collect([command('A', { denied: 'TITLE_INVALID' })]),
      'A denies with TITLE_INVALID, which is no code of a 403.',
    ],
    [
      'a path parameter that is no field',
      collect([command('A', { route: 'POST /things/{id}' })]),
      'A has no text field id for its path.',
    ],
    ['a path parameter that is no text', collect([PathOfNumber]), 'PathOfNumber has no text field count for its path.'],
    [
      'a field that may be left out without a default',
      collect([DefaultInside]),
      'DefaultInside.note may be left out but has no default: write @Default above @Nullable.',
    ],
    [
      'a filter that is no index',
      collect(
        [],
        [
          {
            ...books,
            queries: [
              { answers: 'list', query: ListBooks, find: () => null, compose: () => null, filters: ['author'] },
            ],
          },
        ],
      ),
      'ListBooks filters by author, which is no declared field.',
    ],
  ])('refuses to start with %s', (_name, start, message) => {
    expect(start).toThrow(new Error(message));
  });
});
