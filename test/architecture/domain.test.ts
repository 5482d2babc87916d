import type { CommandClass, EventClass, MessageClass } from '#lib/engine/model/message.js';
import type { Decider } from '#lib/engine/model/aggregate.js';
import { deciders } from '#lib/domain/deciders.js';
import { domainEvents } from '#lib/domain/events.js';
import { domainRefusals } from '#lib/domain/refusals.js';
import { allExports, filesUnder, textOf } from './tree.js';

const found = await allExports('libs/domain');
const sorted = (names: Iterable<string>) => [...names].sort();

const isDecider = (value: unknown): value is Decider =>
  typeof value === 'object' && value !== null && 'handles' in value && 'evolve' in value;
const isMessage = (value: unknown): value is MessageClass => typeof value === 'function' && 'type' in value;
const isEvent = (value: unknown): value is EventClass => isMessage(value) && 'v' in value;

const messages = found.filter(({ value }) => isMessage(value));
const events = messages.map(({ value }) => value).filter(isEvent);
const commands: CommandClass[] = deciders.flatMap((decider) => decider.handles.map(({ command }) => command));

describe('the registries name all that the folders of libs/domain hold', () => {
  it('deciders: every decider of every folder', () => {
    const declared = found.filter(({ value }) => isDecider(value));
    expect(sorted(declared.filter(({ value }) => !deciders.includes(value as Decider)).map(({ at }) => at))).toEqual(
      [],
    );
    expect(declared.length).toBe(deciders.length);
  });

  it('events: every event class, and each belongs to one kind of stream', () => {
    const declared = sorted(events.map(({ type }) => type));
    expect(sorted(domainEvents.map(({ type }) => type))).toEqual(declared);
    expect(sorted(deciders.flatMap((decider) => decider.events.map(({ type }) => type)))).toEqual(declared);
  });

  it('commands: every other message is handled, or is what a handled one answers or previews', () => {
    const known = new Set<unknown>([...commands, ...commands.flatMap(({ answers, previews }) => [answers, previews])]);
    const others = messages.filter(({ value }) => !isEvent(value));
    expect(sorted(others.filter(({ value }) => !known.has(value)).map(({ at }) => at))).toEqual([]);
  });

  it('refusals: every code of every folder, each with one page', () => {
    const catalogs = found.filter(({ at, name }) => at.includes('refusals.ts:') && name.endsWith('Refusals'));
    const pages = catalogs.flatMap(({ value }) => Object.entries(value as object));
    expect(sorted(Object.keys(domainRefusals))).toEqual(sorted(new Set(pages.map(([code]) => code))));
    const registered = new Map<string, unknown>(Object.entries(domainRefusals));
    expect(pages.filter(([code, page]) => registered.get(code) !== page).map(([code]) => code)).toEqual([]);
  });
});

describe('messages', () => {
  it('stand beside the file that decides and folds them: a new one touches these two', () => {
    const files = filesUnder('libs/domain');
    const declaring = [...new Set(messages.map(({ at }) => at.slice(0, at.indexOf(':'))))];
    const decidedIn = (path: string) =>
      path.replace(/(^|\/)messages[.]ts$/, '$1decider.ts').replace(/-messages[.]ts$/, '.ts');
    expect(declaring.filter((path) => decidedIn(path) === path || !files.includes(decidedIn(path)))).toEqual([]);
  });

  it('are stored under the name of their class, and no two share one', () => {
    expect(messages.filter(({ name, value }) => (value as MessageClass).type !== name).map(({ at }) => at)).toEqual([]);
    expect(sorted(new Set(messages.map(({ name }) => name)))).toEqual(sorted(messages.map(({ name }) => name)));
  });

  it('say how every older version of an event is brought up to date', () => {
    const missing = events.flatMap(({ type, v, upcasts }) =>
      Array.from({ length: v - 1 }, (_, index) => index + 1)
        .filter((version) => typeof upcasts?.[version] !== 'function')
        .map((version) => `${type} from version ${version}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('refusals', () => {
  const pages = Object.entries(domainRefusals);

  it('say how to go on, in sentences', () => {
    expect(pages.filter(([, { help }]) => !/^[A-Z].*[.]$/s.test(help)).map(([code]) => code)).toEqual([]);
  });

  it('are each provoked by some test', () => {
    const tests = filesUnder('test').filter((path) => path.endsWith('.test.ts'));
    const text = tests.map(textOf).join('\n');
    expect(pages.map(([code]) => code).filter((code) => !new RegExp(`\\b${code}\\b`).test(text))).toEqual([]);
  });
});
