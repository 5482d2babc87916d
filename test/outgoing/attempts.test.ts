import { delivery, pauseAfter } from '#lib/product/outgoing/attempts.js';
import type { Answer } from '#lib/product/outgoing/guarded-client.js';
import { outgoingLimits } from '#lib/product/outgoing/limits.js';

const [secondMs, minuteMs, hourMs] = [1_000, 60_000, 3_600_000];
const amid = () => 0.5;
const answered = (status: number): Answer => ({ kind: 'answered', status, body: 'secret' });

/** The pauses of a delivery that is answered in the same way for ever. */
function pausesOf(answer: Answer, chance: () => number): (number | null)[] {
  const pauses: (number | null)[] = [];
  for (let attempt = 1; attempt <= 11; attempt += 1) {
    const sent = delivery(answer, attempt, chance);
    pauses.push(sent.kind === 'retry' ? sent.afterMs : null);
  }
  return pauses;
}

describe('a delivery', () => {
  const schedule = [5 * secondMs, 5 * minuteMs, 30 * minuteMs, ...[2, 5, 10, 14, 20, 24].map((h) => h * hourMs)];

  it('that fails is tried at once, after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, and then no more', () => {
    expect(pausesOf(answered(500), amid)).toEqual([...schedule, null, null]);
    expect(delivery(answered(500), 10, amid)).toEqual({ kind: 'failed', answer: 'It answered 500.' });
  });

  it('is tried up to a tenth sooner or later', () => {
    expect(pausesOf(answered(500), () => 0)).toEqual([...schedule.map((ms) => ms * 0.9), null, null]);
    expect(pausesOf(answered(500), () => 1)).toEqual([...schedule.map((ms) => Math.round(ms * 1.1)), null, null]);
  });

  it.each([200, 201, 202, 204, 299])('that is answered %d has succeeded', (status) => {
    expect(delivery(answered(status), 3, amid)).toEqual({ kind: 'delivered', answer: `It answered ${status}.` });
  });

  it('that is answered 410 has ended at once', () => {
    expect(delivery(answered(410), 1, amid)).toEqual({ kind: 'failed', answer: 'It answered 410.' });
  });

  it.each<[string, Answer, string]>([
    ['another status', answered(404), 'It answered 404.'],
    ['a failure', { kind: 'failed', reason: 'The connection failed.' }, 'The connection failed.'],
    [
      'a redirect',
      { kind: 'refused', reason: 'It answered 302, and redirects are not followed.' },
      'It answered 302, and redirects are not followed.',
    ],
  ])('that meets with %s is tried again, and shows it', (_name, answer, line) => {
    expect(delivery(answer, 1, amid)).toEqual({ kind: 'retry', answer: line, afterMs: 5 * secondMs });
  });
});

it('three attempts at a package URL take a minute at most, each with its whole time', () => {
  const { packageUrlPausesMs, attemptMs } = outgoingLimits;
  const pauses = [1, 2, 3].map((attempt) => pauseAfter(attempt, packageUrlPausesMs, () => 1));
  expect(pauses.at(-1)).toBeNull();
  const wholeMs = pauses.reduce<number>((sum, pause) => sum + (pause ?? 0) + attemptMs, 0);
  expect(wholeMs).toBeLessThanOrEqual(60_000);
});
