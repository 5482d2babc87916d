import 'reflect-metadata';
import { runProcess } from '#lib/product/main-process.js';
import { startServer } from './server.js';

await runProcess(process.env, async (config, onFatal) => {
  const { address, firstKey, place, close } = await startServer(config, { onFatal });
  const said = [`Seatledger listens on ${address} (reference: ${address}/docs)`, place];
  if (firstKey !== null) said.push(`Admin key, shown this once: ${firstKey}`);
  return { said, close };
});
