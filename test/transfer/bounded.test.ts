import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { fromSource } from '../support/from-source.js';

it('a log many times as large as the memory goes through', async () => {
  const events = 150_000;
  const worker = new Worker(new URL('./bounded-process.ts', import.meta.url), {
    execArgv: fromSource,
    workerData: events,
    // What goes through is some 150 MB of text, and several times that as objects.
    resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 16 },
  });
  const exited = once(worker, 'exit');
  const [outcome] = (await once(worker, 'message')) as unknown[];
  expect(outcome).toEqual({ outcome: 'imported', events, records: events / 10 });
  await exited;
}, 60_000);
