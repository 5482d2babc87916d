import { canonicalJson } from '#lib/engine/model/canonical.js';
import { sha256 } from '#lib/engine/sha256.js';
import type { Recorded } from '#lib/engine/model/envelope.js';
import type { EventOf } from '#lib/engine/model/message.js';
import { domainEvents } from '#lib/domain/events.js';
import { History } from '#lib/histories/history.js';
import { views } from '#lib/views/views.js';
import { fold } from '../support/fold.js';
import { faultsOf } from './licensing-oracle.js';

interface Made {
  readonly log: readonly (Recorded & EventOf<(typeof domainEvents)[number]>)[];
  readonly refused: readonly string[];
  readonly digest: string;
}

function made(seed: number, events: number): Made {
  const history = new History({ seed, events });
  const log = [...history.turns()].flat();
  const digest = sha256(canonicalJson([log, [...history.records()]]));
  return { log: log as Made['log'], refused: [...history.refused.keys()], digest };
}

const [seed, count] = [1, 30_000];
let whole: Made;
beforeAll(() => {
  whole = made(seed, count);
}, 60_000);

describe('a history', () => {
  it('is the same for the same seed and count, records included, and another for another', () => {
    expect(made(seed, 3_000).digest).toBe(made(seed, 3_000).digest);
    expect(made(seed + 1, 3_000).digest).not.toBe(made(seed, 3_000).digest);
  });

  it('has as many events as were asked for, and ends with the act that brought it there', () => {
    expect(whole.log.length).toBeGreaterThanOrEqual(count);
    expect(whole.log.length).toBeLessThan(count + 50);
    expect(made(seed, 1).log.map(({ type }) => type)).toEqual(['PublisherEnrolled']);
  });

  it('goes through three years in order, without a gap in a stream', () => {
    const revisions = new Map<string, number>();
    let before = '2022-01-03';
    for (const { stream, revision, meta } of whole.log) {
      expect(revision).toBe((revisions.get(stream) ?? -1) + 1);
      revisions.set(stream, revision);
      expect(meta.recordedAt >= before).toBe(true);
      before = meta.recordedAt;
    }
    expect(before.slice(0, 7)).toMatch(/^2024-12|2025-01$/);
  });

  it('shows every event that there is', () => {
    const shown = new Set<string>(whole.log.map(({ type }) => type));
    expect(domainEvents.map(({ type }) => type).filter((type) => !shown.has(type))).toEqual([]);
  });

  it('folds into every view', () => {
    const projections = views.flatMap((view) => view.projection ?? []);
    const empty = projections.filter(
      (projection) => Object.keys(fold(projection, whole.log, (doc) => doc)).length === 0,
    );
    // What was reviewed is not in that view any more.
    expect(empty.map(({ name }) => name).filter((name) => name !== 'reviews')).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])('R63–R67, R73, R77 hold in it, and nobody asks for nonsense (seed %i)', (other) => {
    const { log, refused } = other === seed ? whole : made(other, 15_000);
    expect(faultsOf(log)).toEqual([]);
    // A deal is closed as declined between two invitations.
    expect(refused.filter((what) => what !== 'InviteCustomer: DEAL_CLOSED')).toEqual([]);
  });
});
