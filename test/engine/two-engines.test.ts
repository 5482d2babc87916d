import { jest } from '@jest/globals';
import { AdjustSeatPool, AssignSeats } from '#lib/domain/seat-pool/messages.js';
import { line, tenantId } from '../domain/seat-pool/fixtures.js';
import { Chance } from '#lib/histories/chance.js';
import { Add, Correct } from './tally.js';
import { logsForTwo, Praise, startTwoEngines, type Engine, type TwoEngines } from './two-engines.js';

jest.setTimeout(30_000);

const counter = {
  actor: { kind: 'key', id: 'key-1', role: 'counter', personId: null },
  caller: { publisherId: 'fabrikam' },
} as const;
const position = expect.stringMatching(/^[0-9a-f-]+\.\d{20,}$/) as string;
const done = (revision: number, answer: object = {}) => ({ kind: 'done', revision, position, settled: true, answer });
const add = (name: string, amount: number) => [Add, { name, amount }, counter] as const;
const tooFew = { kind: 'rejected', refusals: [{ code: 'TOO_FEW', detail: '6', pointer: null }] };

describe.each(logsForTwo)('on %s', (log, open) => {
  let engines: TwoEngines;
  let one: Engine;
  let other: Engine;
  beforeEach(async () => {
    engines = await startTwoEngines(open);
    ({ one, other } = engines);
  });
  afterEach(() => engines.stop());

  describe('a command sees what another process has written before', () => {
    beforeEach(async () => {
      await one.execute(...add('a', 5));
      // From here on the other has it in memory.
      expect(await other.execute(...add('a', 1))).toEqual(done(1, { amounts: [1] }));
    });

    it('in a fact that it rests on', async () => {
      expect(await other.execute(Praise, { name: 'a' })).toEqual(tooFew);
      await one.execute(...add('a', 4));
      expect(await other.execute(Praise, { name: 'a' })).toEqual(done(0));
      await one.execute(...add('a', 1));
      await other.execute(Praise, { name: 'a' });
      const praised = await engines.eventsOf('praise-a');
      expect(praised.map(({ data, meta }) => [data, meta.context])).toEqual([
        [{ name: 'a', total: 10 }, [{ stream: 'tally-a', revision: 2 }]],
        [{ name: 'a', total: 11 }, [{ stream: 'tally-a', revision: 3 }]],
      ]);
    });

    it('before it refuses, and before it finds nothing to do', async () => {
      await one.execute(...add('a', 4));
      // In the memory of this one the total is 6.
      expect(await other.execute(Correct, { name: 'a', to: 6 })).toEqual(done(3));
      expect(await one.execute(Correct, { name: 'a', to: 10 })).toEqual(done(4));
      expect(await other.execute(Correct, { name: 'a', to: 10 })).toEqual(done(4));
      expect(await engines.eventsOf('tally-a')).toHaveLength(5);
    });

    it('R76 before it calls a revision stale, or asks for one', async () => {
      await one.execute(...add('a', 4));
      const correct = (revision: number | null) =>
        other.execute(Correct, { name: 'a', to: 9 }, { ...counter, expectedRevision: revision });
      expect(await correct(null)).toEqual({ kind: 'revisionRequired', actual: 2 });
      await one.execute(...add('a', 4));
      expect(await correct(3)).toEqual(done(4));
      await one.execute(...add('a', 4));
      expect(await correct(4)).toEqual({ kind: 'stale', actual: 5 });
    });

    it('R76 also if it lies between the look and the append', async () => {
      await one.execute(...add('a', 4));
      // The revision fits what is in memory, so that only the append meets what is there.
      const call = { ...counter, expectedRevision: 1 };
      expect(await other.execute(Correct, { name: 'a', to: 20 }, call)).toEqual({ kind: 'stale', actual: 2 });
    });

    it('and reads nothing again of what it has written itself', async () => {
      const before = other.asked.read;
      for (let n = 0; n < 10; n += 1) await other.execute(...add('a', 1));
      expect(await other.execute(Praise, { name: 'a' })).toEqual(done(0));
      // The stream of the praise, which was not in memory.
      expect(other.asked.read - before).toBe(1);
    });
  });

  describe('the same command is sent to two processes at once', () => {
    it('has one effect and is answered the same, 1,000 times; time never falls within a stream (R90)', async () => {
      const seed = Date.now() % 1_000_000;
      console.log(`seed ${seed}`);
      const chance = new Chance(seed);
      const [tallies, rounds] = [20, 50];
      const later = async <T>(act: () => T): Promise<T> => {
        for (let turns = chance.number(4); turns > 0; turns -= 1) await new Promise((next) => setImmediate(next));
        return act();
      };
      const inRounds = async (name: string): Promise<void> => {
        for (let round = 0; round < rounds; round += 1) {
          // No two clocks are the same.
          for (const { clock } of [one, other]) clock.advance(chance.number(20));
          const expectedRevision = round > 0 && chance.share() < 0.5 ? round - 1 : null;
          const call = { ...counter, idempotencyKey: `${name} ${round}`, expectedRevision };
          const send = (engine: Engine) => later(() => engine.execute(Add, { name, amount: round + 1 }, call));
          const answers = await Promise.all([send(one), send(other)]);
          expect(answers).toEqual([done(round, { amounts: [round + 1] }), answers[0]]);
        }
      };
      const names = Array.from({ length: tallies }, (_, n) => `a${n}`);
      await Promise.all(names.map(inRounds));
      for (const name of names) {
        const events = await engines.eventsOf(`tally-${name}`);
        const total = (round: number) => ((round + 1) * (round + 2)) / 2;
        expect(events.map(({ data }) => data)).toEqual(
          Array.from({ length: rounds }, (_, round) => {
            return { name, owner: 'fabrikam', amount: round + 1, total: total(round) };
          }),
        );
        const times = events.map(({ meta }) => meta.recordedAt);
        expect(times).toEqual([...times].sort());
      }
    }, 60_000);
  });

  describe('F14 the last seat is asked for at two processes', () => {
    it('by 64 callers, again and again: one gets it, all others are told that there is none', async () => {
      const rounds = log === 'the embedded store' ? 100 : 8;
      for (let round = 0; round < rounds; round += 1) {
        const serviceId = `fabrikam.f365.plan-${round}`;
        await one.execute(AdjustSeatPool, { ...line('deal-1', 1, 1), serviceId });
        const outcomes = await Promise.all(
          Array.from({ length: 64 }, (_, caller) =>
            (caller % 2 === 0 ? one : other).execute(AssignSeats, { tenantId, serviceId, personIds: [`p${caller}`] }),
          ),
        );
        const winner = outcomes.findIndex(({ kind }) => kind === 'done');
        const rows = [{ personId: `p${winner}`, result: 'assigned', code: null }];
        const refusals = [expect.objectContaining({ code: 'NO_AVAILABLE_LICENSES' })];
        expect(outcomes).toEqual(
          outcomes.map((_, caller) => (caller === winner ? done(1, { rows }) : { kind: 'rejected', refusals })),
        );
        const events = await engines.eventsOf(`seatPool-${tenantId}.${serviceId}`);
        expect(events.map(({ type }) => type)).toEqual(['SeatPoolResized', 'SeatAssigned']);
      }
    }, 60_000);
  });

  describe('what others write is looked for', () => {
    it('a few times for 64 commands at once, not for each', async () => {
      const names = Array.from({ length: 64 }, (_, n) => `t${n}`);
      for (const name of names) await one.execute(...add(name, 10));
      await other.execute(Praise, { name: 't0' });
      const before = { ...other.asked };
      const praised = await Promise.all(names.map((name) => other.execute(Praise, { name })));
      expect(praised).toEqual(names.map(() => done(0)));
      expect(other.asked.head + other.asked.follow - before.head - before.follow).toBeLessThanOrEqual(16);
    });

    it('by no command that only appends', async () => {
      await other.execute(...add('a', 1));
      const before = { ...other.asked };
      for (let n = 0; n < 10; n += 1) await other.execute(...add('a', 1));
      // Now and then it looks by itself.
      expect(other.asked).toEqual({ ...before, append: before.append + 10, follow: expect.any(Number) as number });
      expect(other.asked.follow - before.follow).toBeLessThanOrEqual(2);
    });
  });

  describe('the store is away for one of two processes', () => {
    const away = { kind: 'unavailable', detail: expect.stringMatching(/./) as string };

    it('it answers so, and goes on afterwards, knowing what the other did meanwhile', async () => {
      await other.execute(...add('a', 10));
      other.isAway = true;
      expect(await other.execute(...add('a', 1))).toEqual(away);
      expect(await other.execute(Correct, { name: 'a', to: 10 })).toEqual(away);
      expect(await other.execute(Praise, { name: 'a' })).toEqual(away);
      expect(await one.execute(...add('a', 5))).toEqual(done(1, { amounts: [5] }));
      other.isAway = false;
      expect(await other.execute(Praise, { name: 'a' })).toEqual(done(0));
      expect(await other.execute(Correct, { name: 'a', to: 15 })).toEqual(done(1));
      expect((await engines.eventsOf('praise-a')).map(({ data }) => data)).toEqual([{ name: 'a', total: 15 }]);
    });

    it('from the beginning: it begins when the store is there', async () => {
      await one.execute(...add('a', 10));
      other.isAway = true;
      expect(await other.execute(Praise, { name: 'a' })).toEqual(away);
      other.isAway = false;
      expect(await other.execute(Praise, { name: 'a' })).toEqual(done(0));
    });

    it('one that has stopped answers that it does not know', async () => {
      await other.execute(...add('a', 10));
      other.stop();
      expect(await other.execute(Correct, { name: 'a', to: 10 })).toEqual(away);
    });
  });
});
