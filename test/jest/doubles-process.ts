import { KurrentDouble } from '../doubles/kurrentdb/kurrent-double.js';
import { MongoDouble } from '../doubles/mongodb/mongo-double.js';

/**
 * A process with the doubles of both stores, for all files of a run: as with real servers, what they do takes no time
 * from the product's thread. Says where they are, and ends with whoever started it.
 */
const [kurrentdb, mongodb] = await Promise.all([KurrentDouble.start(), MongoDouble.start()]);
console.log(JSON.stringify({ kurrentdb: kurrentdb.url, mongodb: mongodb.url }));
process.stdin.resume().once('close', () => process.exit());
