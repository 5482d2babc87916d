import { EventCatalog } from '#lib/engine/catalog.js';
import { deciders } from '#lib/domain/deciders.js';
import { domainEvents } from '#lib/domain/events.js';
import { views } from '#lib/views/views.js';
import { fold } from '../support/fold.js';
import { recorded } from '../support/given.js';
import { filesUnder, textOf } from './tree.js';

/**
 * One payload for each event and version that was ever written, as it was written. An installation's log holds such
 * payloads for ever, so a file here is added with each new version and never changed or removed.
 */
const folder = 'test/golden';
const files = filesUnder(folder).map((path) => path.slice(folder.length + 1));
const catalog = new EventCatalog(domainEvents);

describe('golden payloads', () => {
  it('are there for each version of each event, and for nothing else', () => {
    const versions = domainEvents.flatMap(({ type, v }) =>
      Array.from({ length: v }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(files).toEqual(versions.sort());
  });

  const known = files.filter((file) => catalog.knows(file.slice(0, file.indexOf('.'))));
  it.each(known)('%s parses, is brought up to date, and folds into its stream and every view that listens', (file) => {
    const [type = '', version = ''] = file.split('.');
    const decider = deciders.find(({ events }) => events.some((declared) => declared.type === type));
    if (!decider) throw new Error(`No decider declares ${type}.`);
    const data: object = JSON.parse(textOf(`${folder}/${file}`));
    const [written] = recorded(`${decider.category}-golden`, [{ type, data }]);
    if (!written) throw new Error('Nothing was recorded.');

    const event = catalog.read({ ...written, meta: { ...written.meta, v: Number(version.slice(1)) } });
    decider.evolve(decider.initial(), event);
    for (const { projection } of views) if (projection) fold(projection, [event]);
    expect(event.type).toBe(type);
  });
});
