import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const fileNamed = (name) => fileURLToPath(new URL(name, import.meta.url));
const node = ['--conditions=source', '--disable-warning=ExperimentalWarning'];
const loader = new URL('../support/source-loader.mjs', import.meta.url).href;

/** Once before all files of a project that runs on servers; test/support/stores.ts reads where they are. */
export default async function startDoubles() {
  if (process.env.TEST_KURRENTDB_URL && process.env.TEST_MONGODB_URL) return;
  const child = spawn(process.execPath, [...node, '--import', loader, fileNamed('doubles-process.ts')], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The doubles have not started.')));
  const [addresses] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  ended.catch(() => undefined);
  process.env.TEST_DOUBLES = addresses;
  globalThis.stopDoubles = () => child.stdin.end();
}
