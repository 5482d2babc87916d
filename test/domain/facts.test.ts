import type { CommandOutcome } from '#lib/engine/commands/call.js';
import { CommandEngine } from '#lib/engine/commands/command-engine.js';
import { deciders } from '#lib/domain/deciders.js';
import { CreateOffer } from '#lib/domain/offer/offer-messages.js';
import { EnrollPublisher } from '#lib/domain/publisher/messages.js';
import { catalog } from '#lib/product/registries.js';
import { counter } from '../engine/tallies.js';
import { MemoryStore } from '../faults/memory-store.js';
import { ManualClock } from '../support/clock.js';
import { system } from '../support/given.js';
import { recordsInMemory } from '../support/records.js';
import { settings } from '../support/settings.js';

it('R96 a decision on another stream rests on that stream’s end, and says which; no view is folded here', async () => {
  const store = new MemoryStore();
  const settlement = { ignores: () => true, settle: async () => true };
  const shared = { records: recordsInMemory(), clock: new ManualClock(), solelyOurs: true };
  const engine = new CommandEngine({ deciders, store, catalog, settings, settlement, ...shared });
  const send = (command: object): Promise<CommandOutcome> =>
    engine.execute(command, { ...counter, actor: system, caller: { installation: true } });
  const create = () =>
    send(Object.assign(new CreateOffer(), { publisherId: 'fabrikam', offerId: 'f365', alias: 'Blue' }));
  expect(await create()).toMatchObject({ kind: 'rejected', refusals: [{ code: 'PUBLISHER_NOT_ENROLLED' }] });

  await send(Object.assign(new EnrollPublisher(), { publisherId: 'fabrikam', name: 'Fabrikam' }));
  expect(await create()).toMatchObject({ kind: 'done', revision: 0 });
  expect(store.log.at(-1)).toMatchObject({
    type: 'OfferCreated',
    meta: { context: [{ stream: 'publisher-fabrikam', revision: 0 }] },
  });
});
