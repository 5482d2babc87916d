import { roles } from '#lib/domain/roles.js';
import { productReference } from '../../apps/server/http/product-reference.js';
import { permissions } from '../support/permissions.js';
import { routesIn } from '../support/surface.js';

const surface = routesIn(productReference());
const nameOf = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${path}`;
const sorted = (allowed: readonly string[] | 'anyone') => (allowed === 'anyone' ? allowed : [...allowed].sort());

it('the table of permissions has a line for every route, and a route for every line', () => {
  expect(surface.map(nameOf).sort()).toEqual(Object.keys(permissions).sort());
});

it('R57, R79, R82, R83: every message declares the roles of the table', () => {
  const declared = Object.fromEntries(surface.map((route) => [nameOf(route), sorted(route.roles)]));
  const table = Object.fromEntries(Object.entries(permissions).map(([route, allowed]) => [route, sorted(allowed)]));
  expect(declared).toEqual(table);
});

it('the table names roles that there are, each of them somewhere', () => {
  const named = new Set(Object.values(permissions).flatMap((allowed) => (allowed === 'anyone' ? [] : allowed)));
  expect([...named].sort()).toEqual([...roles].sort());
});
