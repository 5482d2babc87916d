import 'reflect-metadata';
import { runProcess } from '#lib/product/main-process.js';
import { startWorker } from './worker.js';

await runProcess(process.env, async (config, onFatal) => {
  const { address, place, close } = await startWorker(config, { onFatal });
  return { said: [`Seatledger's worker tells how it is on ${address}/health/ready`, place], close };
});
