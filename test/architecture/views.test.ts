import type { QueryClass } from '#lib/engine/model/message.js';
import type { AnyProjection } from '#lib/engine/model/projection.js';
import type { View } from '#lib/engine/model/query.js';
import { deciders } from '#lib/domain/deciders.js';
import { domainEvents } from '#lib/domain/events.js';
import { processes } from '#lib/processes/processes.js';
import { views } from '#lib/views/views.js';
import { settings } from '../support/settings.js';
import { allExports, filesUnder, textOf } from './tree.js';

const found = await allExports('libs/views');
const eventTypes = new Set<string>(domainEvents.map(({ type }) => type));
const projections: AnyProjection[] = views.flatMap(({ projection }) => (projection ? [projection] : []));
const managers = processes(settings);

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isView = (value: unknown): value is View => isRecord(value) && 'queries' in value;
const isProjection = (value: unknown): value is AnyProjection => isRecord(value) && 'fold' in value;
const isQuery = (value: unknown): value is QueryClass => typeof value === 'function' && 'http' in value;
const doubled = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);
const strangers = (listeners: readonly { name: string; on: object }[]) =>
  listeners.flatMap(({ name, on }) =>
    Object.keys(on)
      .filter((type) => !eventTypes.has(type))
      .map((type) => `${name}: ${type}`),
  );

describe('the registry of views names all that libs/views holds', () => {
  it('views, as many as there are', () => {
    const declared = found.filter(({ value }) => isView(value));
    expect(declared.filter(({ value }) => !views.includes(value as View)).map(({ at }) => at)).toEqual([]);
    expect(declared.length).toBe(views.length);
  });

  it('projections, each under a name of its own', () => {
    const declared = found.filter(({ value }) => isProjection(value));
    expect(declared.filter(({ value }) => !projections.includes(value as AnyProjection)).map(({ at }) => at)).toEqual(
      [],
    );
    expect(doubled(projections.map(({ name }) => name))).toEqual([]);
  });

  it('queries, each answered once and stored under the name of its class', () => {
    const answered = views.flatMap(({ queries }) => queries.map(({ query }) => query));
    const declared = found.filter(({ value }) => isQuery(value));
    expect(declared.filter(({ value }) => !answered.includes(value as QueryClass)).map(({ at }) => at)).toEqual([]);
    expect(declared.filter(({ name, value }) => (value as QueryClass).type !== name).map(({ at }) => at)).toEqual([]);
    expect(doubled(answered.map(({ type }) => type))).toEqual([]);
  });
});

describe('the registry of processes names all that libs/processes holds', () => {
  it('imports every file, and each process has a name of its own', () => {
    const registry = 'libs/processes/processes.ts';
    const others = filesUnder('libs/processes').filter((path) => path !== registry);
    const missing = others.filter((path) => !textOf(registry).includes(path.replace(/^.*\/(.*)[.]ts$/, "'./$1.js'")));
    expect(missing).toEqual([]);
    expect(doubled(managers.map(({ name }) => name))).toEqual([]);
  });
});

describe('views and processes', () => {
  it('listen to events that exist', () => {
    expect(strangers([...projections, ...managers])).toEqual([]);
  });

  it('have names that can be stored', () => {
    const names = [...projections, ...managers].map(({ name }) => name);
    expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
  });
});

describe('routes', () => {
  it('lead to one message each', () => {
    const commands = deciders.flatMap((decider) => decider.handles.map(({ command }) => command.http));
    const queries = views.flatMap((view) => view.queries.map(({ query }) => query.http));
    const routes = [...commands, ...queries].flatMap((http) => (http ? [http.route.replace(/\{[^}]*\}/g, '{}')] : []));
    expect(doubled(routes)).toEqual([]);
  });
});
