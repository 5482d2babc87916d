import { MongoClient, type Collection, type Document, type MongoClientOptions } from 'mongodb';
import { mongoServers, newDatabaseUrl, type MongoServer } from '../../support/mongodb.js';

export interface At {
  /** An empty collection in a database of its own. */
  things(): Collection<Thing>;
  client(): MongoClient;
  url(): string;
}

export type Thing = Document & { readonly _id: string | number };

/** As the product connects. */
export const settings: MongoClientOptions = {
  w: 'majority',
  journal: true,
  readConcernLevel: 'majority',
  serverSelectionTimeoutMS: 5_000,
};

/** The same tests on each server: what the double does is worth something only if a server does the same. */
export function onEachServer(title: string, tests: (at: At) => void): void {
  describe.each(mongoServers)(`${title}: %s`, (_, start) => {
    let server: MongoServer;
    let client: MongoClient;
    beforeAll(async () => {
      server = await start();
      client = await MongoClient.connect(server.url, settings);
    });
    afterAll(async () => {
      await client.close();
      await server.stop();
    });
    const newDatabase = () => new URL(newDatabaseUrl(server)).pathname.slice(1);
    tests({
      client: () => client,
      url: () => server.url,
      things: () => client.db(newDatabase()).collection<Thing>('things'),
    });
  });
}

/** The code and labels of what a promise is rejected with; what it resolves to is an error of the test. */
export async function failure(promise: Promise<unknown>): Promise<{ code: unknown; labels: readonly string[] }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Document) => ({ error }),
  );
  if (!('error' in outcome)) throw new Error(`Not refused: ${JSON.stringify(outcome.value)}`);
  return { code: outcome.error.code, labels: [...((outcome.error.errorLabels as string[] | undefined) ?? [])].sort() };
}
