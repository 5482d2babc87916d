import { readdirSync } from 'node:fs';
import { processes } from '#lib/processes/processes.js';
import { settings } from '../support/settings.js';

/** Both are stored: a process of another name would do everything once more. */
it('every process goes by the name of its file, and reacts to all that ever happened', () => {
  const files = readdirSync('libs/processes').map((file) => file.replace(/\.ts$/, ''));
  const known = processes(settings).map(({ name, startAt }) => ({ name, startAt }));
  const wanted = files.filter((file) => file !== 'processes').map((name) => ({ name, startAt: 'beginning' }));
  expect(known).toHaveLength(wanted.length);
  expect(known).toEqual(expect.arrayContaining(wanted));
});
