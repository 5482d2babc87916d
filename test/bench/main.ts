import 'reflect-metadata';
import { benchHttp } from './http.js';
import { benchRebuild } from './rebuild.js';
import { benchStore } from './store.js';
import { printHeader, printRow, type Row } from './report.js';

/** `npm run bench`, or `npm run bench -- http` for one part. */
const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  http: benchHttp,
  store: benchStore,
  rebuild: benchRebuild,
};

const asked = process.argv.slice(2).filter((part) => part in parts);
printHeader();
for (const part of asked.length > 0 ? asked : Object.keys(parts)) {
  for (const row of await (parts[part]?.() ?? [])) printRow(row);
}
