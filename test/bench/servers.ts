import { startChild, type Child } from './child.js';
import type { Installation } from './installation.js';

export interface Product {
  readonly address: string;
  /** Text of the key that the first start prints. */
  readonly adminKey: string;
  stop(): Promise<void>;
}

/** The server of this build on stores that nobody has used, and a worker where the server leaves the work to others. */
export async function startProduct({ environment, events, views }: Installation): Promise<Product> {
  const children: Child[] = [];
  const start = async (entry: string): Promise<Child> => {
    const child = await startChild(new URL(`../../apps/${entry}/main.js`, import.meta.url), {
      ...environment,
      PORT: '0',
      SEATLEDGER_LOG_LEVEL: 'warn',
      SEATLEDGER_GO_LIVE_AFTER: '100ms',
    });
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    for (let child = children.pop(); child; child = children.pop()) await child.stop();
  };
  try {
    const { address, lines } = await start('server');
    if (events !== null && views !== null) await start('worker');
    return { address, adminKey: /sl_\w{16}_[\w-]+/.exec(lines.join('\n'))?.[0] ?? '', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
