import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '#lib/product/config/config.js';
import { startServer } from '../server.js';
import { longerStory } from './longer-story.js';
import { enroll } from './people.js';
import { Unexpected } from './step.js';
import { story } from './story.js';

const steps = [...story, ...longerStory];

/** Runs the whole story on a server of its own with a throw-away folder. Returns how many steps went as told. */
async function tellStory(base: string, adminKey: string): Promise<number> {
  const people = await enroll(base, adminKey);
  const memory = { dealId: '', token: '', submissionId: '' };
  let told = 0;
  for (const [index, step] of steps.entries()) {
    const heading = `${String(index + 1).padStart(2)}  ${step.title}`;
    try {
      console.log(`${heading}\n    ${await step.run(people, memory)}`);
      told += 1;
    } catch (error) {
      if (!(error instanceof Unexpected)) throw error;
      console.log(`${heading}\n    NOT AS TOLD: ${error.message}`);
      break;
    }
  }
  return told;
}

/** A port that nobody uses, so that links can name it before the server listens. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const data = mkdtempSync(join(tmpdir(), 'seatledger-demo-'));
const exits = process.argv.includes('--exit');
const environment = {
  SEATLEDGER_LOG_LEVEL: 'warn',
  SEATLEDGER_GO_LIVE_AFTER: '1s',
  PORT: String(exits ? await freePort() : 3000),
  ...process.env,
  SEATLEDGER_MODE: 'local',
  SEATLEDGER_EVENTS: 'embedded',
  SEATLEDGER_VIEWS: 'embedded',
  SEATLEDGER_DATA: data,
};
const server = await startServer(readConfig(environment));

async function end(code: number): Promise<void> {
  await server.close();
  rmSync(data, { recursive: true, force: true });
  process.exit(code);
}
process.once('SIGINT', () => void end(0));
process.once('SIGTERM', () => void end(0));

const told = await tellStory(server.address, server.firstKey ?? '');
console.log(`\n${told} of ${steps.length} steps answered as told; the first ${story.length} are the source's.`);
if (exits) await end(told === steps.length ? 0 : 1);
console.log(`The server stays up at ${server.address} (reference: ${server.address}/docs).`);
console.log(`Admin key: ${server.firstKey}\nEnd it with Ctrl+C; its folder ${data} goes with it.`);
