/** A process that imports a file into a data folder until it is killed, saying each append: one line each. */
import { createReadStream, writeSync } from 'node:fs';
import { openFolder } from '#lib/adapters/sqlite/open.js';
import { openExport } from '#lib/engine/transfer/export-file.js';
import { importLog } from '#lib/engine/transfer/import-log.js';

const [, , file = '', folder = ''] = process.argv;
const fail = (fault: unknown) => {
  throw new Error(`Unexpected: ${String(fault)}`);
};
const { events, records, close } = await openFolder({ folder, onFatal: fail, warn: fail, execArgv: process.execArgv });
const append: typeof events.append = async (...asked) => {
  const result = await events.append(...asked);
  writeSync(1, `${asked[0]}\n`);
  return result;
};
await importLog(await openExport(createReadStream(file)), {
  events: new Proxy(events, {
    get(target, name) {
      const member: unknown = name === 'append' ? append : Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  }),
  records,
  schema: { Added: 1, Reminded: 1 },
  progress: () => undefined,
  signal: new AbortController().signal,
});
await close();
