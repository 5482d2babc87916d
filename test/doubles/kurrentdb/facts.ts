import { randomUUID } from 'node:crypto';
import { appendFacts } from './append-facts.js';
import { readFacts } from './read-facts.js';
import { subscriptionFacts } from './subscription-facts.js';
import { Served } from './watching.js';

/** What the official client sees of a server that works, whichever it is. Other events may be in its log. */
export function kurrentFacts(name: string, urlOf: () => string): void {
  describe(name, () => {
    const server = new Served(urlOf);
    beforeEach(() => {
      server.prefix = `t-${randomUUID()}-`;
    });
    afterAll(() => server.client.dispose());
    appendFacts(server);
    readFacts(server);
    subscriptionFacts(server);
  });
}
