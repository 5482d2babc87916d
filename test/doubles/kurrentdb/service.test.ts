import { kurrentServers, type KurrentServer } from '../../support/kurrentdb.js';
import { kurrentFacts } from './facts.js';

// The facts are only worth something if they hold on a real server too: where there is one, both are asked.
describe.each(kurrentServers)('%s', (_, start) => {
  let server: KurrentServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  kurrentFacts('as its client sees it', () => server.url);
});
