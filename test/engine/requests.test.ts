import { issue } from '#lib/engine/model/process.js';
import { silent } from '#lib/engine/ports/logger.js';
import { Requests, sending, type Sent } from '#lib/engine/processes/requests.js';
import { ManualClock } from '../support/clock.js';
import { newEmbedded } from '../support/installations.js';
import { until } from '../support/until.js';
import {
  Ask,
  eventsOf,
  hasStatus,
  isForgotten,
  requestOf,
  shown,
  startAsking,
  stopAsking,
  typesOf,
  untilCutOff,
} from './asking.js';
import { Add, Remind } from './tally.js';

const concluded = (name: string): Sent => ({ kind: 'concluded', issue: issue(Remind, { name }) });

afterEach(stopAsking);

describe('a request', () => {
  it('is sent at once; the command that tells how it ended names the process and what led to it', async () => {
    const sent: [Ask, number][] = [];
    const tallies = await startAsking(newEmbedded(), async (input, attempt) => {
      sent.push([input, attempt]);
      return concluded(input.name);
    });
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(async () => (await typesOf(tallies, 'a')).length === 2);
    await until(isForgotten(tallies, 'a'));
    expect(sent).toEqual([[{ name: 'a', amount: 1 }, 1]]);
    const [added, reminded] = await eventsOf(tallies, 'a');
    expect(reminded).toMatchObject({
      type: 'Reminded',
      meta: {
        actor: { kind: 'system', id: 'asking.request', role: 'system', personId: null },
        $causationId: added?.id,
        $correlationId: added?.meta.$correlationId,
      },
    });
  });

  it('under way holds up no answer: settled means that the processes have passed the events', async () => {
    const tallies = await startAsking(newEmbedded(), untilCutOff);
    const outcome = await tallies.execute(Add, { name: 'a', amount: 1 });
    expect(outcome).toMatchObject({ kind: 'done', settled: true });
    await until(hasStatus(tallies, 'a', 'pending'));
    const nextAttemptAt = tallies.clock.now();
    expect(await shown(tallies, 'a')).toEqual({ status: 'pending', attempts: 0, answer: null, nextAttemptAt });
  });

  it('that nobody waits for any more is forgotten', async () => {
    let isSent = false;
    const tallies = await startAsking(newEmbedded(), async () => {
      isSent = true;
      return { kind: 'obsolete' };
    });
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(() => isSent);
    await until(isForgotten(tallies, 'a'));
    expect(await typesOf(tallies, 'a')).toEqual(['Added']);
  });

  it('that was delivered can be read for ever, without what was sent', async () => {
    const installation = newEmbedded();
    const delivered = { status: 'delivered', attempts: 1, answer: 'It answered 200.', nextAttemptAt: null };
    const first = await startAsking(installation, async () => ({ kind: 'delivered', answer: 'It answered 200.' }));
    await first.execute(Add, { name: 'a', amount: 1 });
    await until(hasStatus(first, 'a', 'delivered'));
    expect(await shown(first, 'a')).toEqual(delivered);
    const row = await requestOf(first, 'a');
    expect(Object.keys(row?.value ?? {})).toEqual(['status', 'attempts', 'answer', 'nextAttemptAt']);
    await stopAsking();
    const second = await startAsking(installation, untilCutOff);
    expect(await shown(second, 'a')).toEqual(delivered);
  });

  it('that was skipped was not attempted, and says why', async () => {
    const installation = newEmbedded();
    const tallies = await startAsking(installation, async () => ({ kind: 'skipped', answer: 'nowhereToSend' }));
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(hasStatus(tallies, 'a', 'skipped'));
    const value = { status: 'skipped', attempts: 0, answer: 'nowhereToSend', nextAttemptAt: null };
    expect((await requestOf(tallies, 'a'))?.value).toEqual(value);
  });

  it('asked for again while it is under way is sent again, as it is now', async () => {
    const sent: number[] = [];
    let finish: () => void = () => undefined;
    const tallies = await startAsking(newEmbedded(), async ({ amount }) => {
      sent.push(amount);
      if (amount === 1) await new Promise<void>((resolve) => (finish = resolve));
      return { kind: 'delivered', answer: String(amount) };
    });
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(() => sent.length === 1);
    const firstVersion = (await requestOf(tallies, 'a'))?.version ?? 0;
    await tallies.execute(Add, { name: 'a', amount: 2 });
    await until(async () => ((await requestOf(tallies, 'a'))?.version ?? 0) > firstVersion);
    expect(sent).toEqual([1]);
    finish();
    await until(hasStatus(tallies, 'a', 'delivered'));
    expect([sent, (await shown(tallies, 'a'))?.answer]).toEqual([[1, 2], '2']);
  });
});

it('sixteen are under way at once; one that takes long holds up no other', async () => {
  let underWay = 0;
  let most = 0;
  const delivered: string[] = [];
  let finishSlow: () => void = () => undefined;
  const tallies = await startAsking(newEmbedded(), async ({ name }) => {
    underWay += 1;
    most = Math.max(most, underWay);
    if (name === 'n0') await new Promise<void>((resolve) => (finishSlow = resolve));
    else await new Promise(setImmediate);
    underWay -= 1;
    delivered.push(name);
    return { kind: 'delivered', answer: '' };
  });
  const names = Array.from({ length: 100 }, (_, n) => `n${n}`);
  await Promise.all(names.map((name) => tallies.execute(Add, { name, amount: 1 })));
  await until(() => delivered.length === 99);
  expect(delivered).not.toContain('n0');
  finishSlow();
  await until(hasStatus(tallies, 'n0', 'delivered'));
  expect(new Set(delivered).size).toBe(100);
  expect(delivered).toHaveLength(100);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(16);
});

it('two senders of one kind are a mistake that is found at the start', async () => {
  const sender = sending(Ask, untilCutOff);
  const { stores } = await startAsking(newEmbedded(), untilCutOff);
  const create = () =>
    new Requests(stores.records, new ManualClock(), [sender, sender], () => Promise.reject(new Error()), silent);
  expect(create).toThrow('Two senders');
});
