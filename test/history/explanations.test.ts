import type { Recorded } from '#lib/engine/model/envelope.js';
import { History } from '#lib/histories/history.js';
import type { ExplainedEvent, Story } from '#lib/views/explained-events.js';
import { ExplainLicenseCount, ExplainSeat } from '#lib/views/explanations.js';
import { views } from '#lib/views/views.js';
import { asking } from '../support/asking.js';

/** `EXPLAIN_SEED` repeats a run, with the seed that it printed. */
const seed = Number(process.env['EXPLAIN_SEED'] ?? Date.now() % 2 ** 31);

const events: readonly Recorded[] = [...new History({ seed, events: 2_500 }).turns()].flat();
const { one } = asking(views, events);
const pools = [...new Set(events.map(({ stream }) => stream).filter((stream) => stream.startsWith('seatPool-')))].map(
  (stream) => {
    const [, tenantId = '', serviceId = ''] = /^seatPool-([^.]+)[.](.+)$/.exec(stream) ?? [];
    return { stream, tenantId, serviceId };
  },
);
const isOfSeat = ({ type }: Recorded) => type === 'SeatAssigned' || type === 'SeatUnassigned';
const byReference = new Map(events.map((event) => [`${event.stream}@${event.revision}`, event]));

/** What is wrong with how steps are linked: all that nobody did by themselves leads to what somebody did. */
function faultsIn({ steps }: Story): readonly string[] {
  const told = new Map(steps.map((step) => [step.reference, step]));
  return steps.flatMap((step, index): string[] => {
    const event = byReference.get(step.reference);
    const cause = step.causedBy === null ? null : told.get(step.causedBy);
    const before = steps[index - 1];
    return [
      event?.id === undefined && `${step.reference} is no event`,
      (step.by.kind === 'system') === (step.causedBy === null) && `${step.reference} has no root`,
      cause === undefined && `${step.causedBy} is not told`,
      cause && byReference.get(cause.reference)?.id !== event?.meta.$causationId && `${step.reference}: another cause`,
      cause && !cause.caused.includes(step.reference) && `${cause.reference} did not cause ${step.reference}`,
      before !== undefined && before.position >= step.position && `${step.reference} comes too late`,
    ].filter((fault) => typeof fault === 'string');
  });
}

const referencesOf = (steps: readonly ExplainedEvent[]) => steps.map(({ reference }) => reference);

describe(`explanations of an invented history (seed ${seed})`, () => {
  it('R88 of every count lead each event back to who acted, and leave out nothing that the pool took up', () => {
    expect(pools.length).toBeGreaterThan(10);
    for (const { stream, tenantId, serviceId } of pools) {
      const story = one(ExplainLicenseCount, { tenantId, serviceId }) as Story;
      expect(faultsIn(story)).toEqual([]);
      const ofPool = events.filter((event) => event.stream === stream && !isOfSeat(event));
      const kept = referencesOf(story.steps).filter((reference) => reference.startsWith(stream));
      expect([story.earlier, kept]).toEqual([0, ofPool.map(({ revision }) => `${stream}@${revision}`)]);
    }
  });

  it('R88 of seats hold what befell the person, and of others’ seats nothing but what it hangs on', () => {
    const seats = events.flatMap(({ type, data }) => (type === 'SeatUnassigned' && 'personId' in data ? [data] : []));
    expect(seats.length).toBeGreaterThan(10);
    for (const seat of seats.slice(0, 30) as unknown as { tenantId: string; serviceId: string; personId: string }[]) {
      const { tenantId, serviceId, personId } = seat;
      const story = one(ExplainSeat, { tenantId, serviceId, personId }) as Story & { held: boolean };
      expect(faultsIn(story)).toEqual([]);
      const theirs = events.filter(
        (event) =>
          isOfSeat(event) &&
          event.stream === `seatPool-${tenantId}.${serviceId}` &&
          'personId' in event.data &&
          event.data.personId === personId,
      );
      const told = referencesOf(
        story.steps.filter(({ event }) => event === 'SeatAssigned' || event === 'SeatUnassigned'),
      );
      expect(told.filter((reference) => !theirs.some((event) => byReference.get(reference) === event))).toEqual([]);
      expect([story.held, told.length]).toEqual([theirs.at(-1)?.type === 'SeatAssigned', theirs.length]);
    }
  });
});
