import { setTimeout } from 'node:timers/promises';

const [warmUpMs, measuredMs] = [1_000, 2_000];

/** Calls a second once it is warm, by so many callers that each wait for their answer. */
export async function rateOf(callers: number, call: (caller: number, n: number) => Promise<void>): Promise<number> {
  let [count, isOver] = [0, false];
  const running = Array.from({ length: callers }, async (_, caller) => {
    for (let n = 0; !isOver; n += 1) {
      await call(caller, n);
      count += 1;
    }
  });
  const warm = async (): Promise<number> => {
    await setTimeout(warmUpMs);
    const [before, started] = [count, performance.now()];
    await setTimeout(measuredMs);
    const rate = ((count - before) * 1_000) / (performance.now() - started);
    isOver = true;
    return rate;
  };
  const [rate] = await Promise.all([warm(), ...running]);
  return rate;
}
