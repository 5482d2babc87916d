/** A process that opens a data folder and writes until it is killed, saying what was acknowledged: one line each. */
import { writeSync } from 'node:fs';
import { openFolder } from '#lib/adapters/sqlite/open.js';
import { newEvents } from '../../contract/events.js';

const folder = process.argv[2] ?? '';
const callers = Number(process.argv[3] ?? 0);
const say = (line: string) => writeSync(1, `${line}\n`);
const onFatal = (error: Error) => {
  say(`fatal ${error.message}`);
  process.exit(70);
};

try {
  const { events, records } = await openFolder({ folder, onFatal, warn: say, execArgv: process.execArgv });
  say('open');
  const write = async (caller: number) => {
    for (let revision = -1, n = 1; ; n += 1) {
      const count = (n % 3) + 1;
      const ids = newEvents(`c${caller}n${n}-`, count);
      const result = await events.append(`thing-${caller}`, revision < 0 ? 'none' : revision, ids);
      if (!result.ok) throw new Error(`thing-${caller} is at ${result.actual}, not ${revision}.`);
      revision = result.revision;
      const key = `thing-${caller}`;
      await records.transact([{ table: 'acknowledged', key, expect: 'any', value: { revision }, sort: key }]);
      say(`acknowledged ${caller} ${revision} ${result.position}`);
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => write(caller)));
  setInterval(() => undefined, 60_000);
} catch (error) {
  say(`refused ${error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error)}`);
  process.exit(3);
}
