import { issue } from '#lib/engine/model/process.js';
import type { Sent } from '#lib/engine/processes/requests.js';
import { delivery } from '#lib/product/outgoing/attempts.js';
import { ManualClock } from '../support/clock.js';
import { newEmbedded } from '../support/installations.js';
import { until } from '../support/until.js';
import {
  hasStatus,
  isForgotten,
  requestOf,
  shown,
  startAsking,
  stopAsking,
  typesOf,
  untilCutOff,
  type Send,
} from './asking.js';
import { Add, Remind } from './tally.js';

const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];
const noonMs = Date.parse('2026-03-01T12:00:00.000Z');
const instant = (ms: number) => new Date(ms).toISOString();
const concluded = (name: string): Sent => ({ kind: 'concluded', issue: issue(Remind, { name }) });

afterEach(stopAsking);

describe('a request that fails', () => {
  const answering = (status: number): Send => {
    return async (_input, attempt) => delivery({ kind: 'answered', status, body: '' }, attempt, () => 0.5);
  };

  it('is sent again when it is due, over a restart too, and shows how far it is until it has failed', async () => {
    const pausesMs = [5 * secondMs, 5 * minuteMs, 30 * minuteMs, ...[2, 5, 10, 14, 20, 24].map((h) => h * hourMs)];
    const installation = newEmbedded();
    const clock = new ManualClock();
    const attempts: string[] = [];
    const send: Send = (input, attempt, signal) => {
      attempts.push(clock.now());
      return answering(500)(input, attempt, signal);
    };
    const expected = [noonMs];
    let tallies = await startAsking(installation, send, clock);
    await tallies.execute(Add, { name: 'a', amount: 1 });
    for (const [index, pauseMs] of pausesMs.entries()) {
      await until(async () => (await shown(tallies, 'a'))?.attempts === index + 1);
      const dueMs = Date.parse(clock.now()) + pauseMs;
      expected.push(dueMs);
      expect(await shown(tallies, 'a')).toEqual({
        status: 'pending',
        attempts: index + 1,
        answer: 'It answered 500.',
        nextAttemptAt: instant(dueMs),
      });
      if (index === 3) {
        await stopAsking();
        tallies = await startAsking(installation, send, clock);
      }
      clock.advance(pauseMs - 1);
      await tallies.execute(Add, { name: 'a', amount: 0 });
      expect(attempts).toHaveLength(index + 1);
      clock.advance(1);
    }
    await until(hasStatus(tallies, 'a', 'failed'));
    const failed = { status: 'failed', attempts: 10, answer: 'It answered 500.', nextAttemptAt: null };
    expect(await shown(tallies, 'a')).toEqual(failed);
    expect(attempts).toEqual(expected.map(instant));
  });

  it('with 410 has failed at once', async () => {
    const tallies = await startAsking(newEmbedded(), answering(410));
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(hasStatus(tallies, 'a', 'failed'));
    const failed = { status: 'failed', attempts: 1, answer: 'It answered 410.', nextAttemptAt: null };
    expect(await shown(tallies, 'a')).toEqual(failed);
  });

  it('because its sender throws is sent again, after growing pauses', async () => {
    let times = 0;
    const clock = new ManualClock();
    const tallies = await startAsking(
      newEmbedded(),
      async () => {
        times += 1;
        if (times < 3) throw new TypeError('not mended yet');
        return { kind: 'delivered', answer: 'mended' };
      },
      clock,
    );
    await tallies.execute(Add, { name: 'a', amount: 1 });
    for (const [index, pauseMs] of [10 * secondMs, 20 * secondMs].entries()) {
      await until(async () => (await shown(tallies, 'a'))?.attempts === index + 1);
      expect(await shown(tallies, 'a')).toEqual({
        status: 'pending',
        attempts: index + 1,
        answer: 'It could not be sent.',
        nextAttemptAt: instant(Date.parse(clock.now()) + pauseMs),
      });
      clock.advance(pauseMs);
    }
    await until(hasStatus(tallies, 'a', 'delivered'));
    expect((await shown(tallies, 'a'))?.attempts).toBe(3);
  });

  it('because this build does not know it waits, and others go on', async () => {
    const clock = new ManualClock();
    const installation = newEmbedded();
    const first = await startAsking(installation, untilCutOff, clock);
    const value = { process: 'asking', kind: 'Unknown', input: {}, status: 'pending', attempts: 0, answer: null };
    const row = { table: 'requests', key: 'asking/unknown', expect: 'none', value, sort: clock.now() } as const;
    await first.stores.records.transact([row]);
    await stopAsking();
    const tallies = await startAsking(installation, async () => ({ kind: 'delivered', answer: '' }), clock);
    await tallies.execute(Add, { name: 'a', amount: 1 });
    await until(hasStatus(tallies, 'a', 'delivered'));
    const later = instant(noonMs + minuteMs);
    await until(async () => (await shown(tallies, 'unknown'))?.nextAttemptAt === later);
    expect(await shown(tallies, 'unknown')).toEqual({
      status: 'pending',
      attempts: 0,
      answer: null,
      nextAttemptAt: later,
    });
  });
});

describe('a server that stops or crashes', () => {
  it('cuts off what is under way, which is sent again at the next start and was no attempt', async () => {
    const installation = newEmbedded();
    let isSent = false;
    const first = await startAsking(installation, (...asked) => {
      isSent = true;
      return untilCutOff(...asked);
    });
    await first.execute(Add, { name: 'a', amount: 1 });
    await until(() => isSent);
    await stopAsking();
    const attempts: number[] = [];
    const second = await startAsking(installation, async ({ name }, attempt) => {
      attempts.push(attempt);
      return concluded(name);
    });
    await until(isForgotten(second, 'a'));
    expect(attempts).toEqual([1]);
    expect(await typesOf(second, 'a')).toEqual(['Added', 'Reminded']);
  });

  it('after the command and before the request was forgotten: it is sent again, with one effect', async () => {
    const installation = newEmbedded();
    let isSent = false;
    let finish: () => void = () => undefined;
    const first = await startAsking(installation, async ({ name }) => {
      isSent = true;
      await new Promise<void>((resolve) => (finish = resolve));
      return concluded(name);
    });
    await first.execute(Add, { name: 'a', amount: 1 });
    await until(() => isSent);
    const row = await requestOf(first, 'a');
    finish();
    await until(isForgotten(first, 'a'));
    await stopAsking();
    // As the records were before: the command was answered, the request is still there.
    const { table, key, value, sort } = row ?? { table: '', key: '', value: null, sort: null };
    const opened = await installation.open();
    await opened.records.transact([{ table, key, expect: 'none', value, sort }]);
    await opened.close();
    let times = 0;
    const second = await startAsking(installation, async ({ name }) => {
      times += 1;
      return concluded(name);
    });
    await until(isForgotten(second, 'a'));
    expect(times).toBe(1);
    expect(await typesOf(second, 'a')).toEqual(['Added', 'Reminded']);
  });
});
