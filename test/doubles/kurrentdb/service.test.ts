import { kurrentFacts } from './facts.js';
import { KurrentDouble } from './kurrent-double.js';

let double: KurrentDouble;
beforeAll(async () => {
  double = await KurrentDouble.start();
});
afterAll(() => double.stop());

kurrentFacts('the double of KurrentDB', () => double.url);

// The facts are only worth something if they hold on a real server too: name one, and both are asked.
const real = process.env['TEST_KURRENTDB_URL'];
if (real) kurrentFacts(`the server at ${real}`, () => real);
