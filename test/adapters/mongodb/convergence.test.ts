import { FencedError } from '#lib/engine/ports/leases.js';
import type { AnyProjection } from '#lib/engine/model/projection.js';
import type { Fault } from '../../doubles/mongodb/faults.js';
import { MongoDouble } from '../../doubles/mongodb/mongo-double.js';
import { tallyProjection } from '../../engine/tally.js';
import { added, startFolding, storedView, tallyEvent } from '../../faults/views.js';
import { Chance } from '#lib/histories/chance.js';
import { newEmbedded } from '../../support/installations.js';
import { newDatabase } from './databases.js';
import { answerAgain } from './unanswered.js';

const twin: AnyProjection = { ...tallyProjection, name: 'tallies-twin' };
const projections = [tallyProjection, twin];
const waits = { primary: 800, connect: 800, answer: 800, acknowledgement: 800, transaction: 2_000 };

const commands = ['find', 'update', 'insert', 'commitTransaction', 'commitTransaction', 'commitTransaction'] as const;
const faults: readonly Fault[] = [
  { close: 'before applying' },
  { close: 'after applying' },
  { notPrimary: 'before applying' },
  { notPrimary: 'after applying' },
  { delayMs: 20 },
  { writeConcern: 'timed out' },
];

it.each([1, 2, 3])(
  'F10: views come to what the log says, whatever the server does meanwhile (seed %i)',
  async (seed) => {
    const log = await newEmbedded().open();
    const double = await MongoDouble.start();
    const stores = await newDatabase(double).open({ waits });
    const start = () => startFolding(log, { projections, views: () => stores.views });
    const chance = new Chance(seed);
    let folding = await start();
    for (let round = 0; round < 25; round += 1) {
      if (chance.number(5) === 0) await double.restart();
      const command = commands[chance.number(commands.length)] ?? 'find';
      const fault = faults[chance.number(faults.length)];
      // Only what writes is acknowledged by a majority.
      const isFit = command === 'commitTransaction' || !(fault && 'writeConcern' in fault);
      if (fault && isFit) void double.faults.next(command, fault);
      const name = `t${chance.number(6)}`;
      await log.events.append(`tally-${name}x${round}`, 'none', added(`${name}x${round}`, 0, 1 + chance.number(9)));
      const noted = { group: 'g', name, total: chance.number(9), sourceRevision: round };
      await log.events.append('group-g', round === 0 ? 'none' : round - 1, [
        tallyEvent('TotalNoted', noted, `${round}`),
      ]);
      while (
        !(await folding.caughtUp().then(
          () => true,
          () => false,
        ))
      ) {
        // After a commit of which nobody said what came of it, the runner meets its own trace: it begins anew.
        expect(await folding.ended).toBeInstanceOf(FencedError);
        await folding.stop();
        folding = await start();
      }
    }
    for (const command of commands) answerAgain(double, command);
    const reached = await Promise.all(projections.map((view) => storedView(stores.views, view)));
    await folding.stop();
    const clean = await startFolding(log, { projections });
    await clean.caughtUp();
    expect(reached).toEqual(await Promise.all(projections.map((view) => storedView(clean.stores.views, view))));
    await clean.stop();
    await stores.close();
    await double.stop();
    await log.close();
  },
  60_000,
);
