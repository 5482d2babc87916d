import { Int32 } from 'bson';
import { idOf } from './collection.js';
import { Store } from './store.js';
import { read, select } from './select.js';

const document = (n: number) => ({ _id: 'a', n: new Int32(n) });
const id = idOf(document(0));
const everything = { filter: {}, sort: {}, skip: 0, limit: Infinity };

function change(store: Store, times: number): void {
  const collection = store.find('test.things') ?? store.create('test.things');
  for (let n = 1; n <= times; n += 1) {
    store.atOnce((transaction) => transaction.insert(collection, { ...document(n), _id: `b${n}` }));
    store.atOnce((transaction) => transaction.replace(collection, idOf({ _id: `b${n}` }), null));
  }
}

it('the past is kept for a while, for an open transaction until it ends, and then forgotten', () => {
  const store = new Store();
  const collection = store.create('test.things');
  store.atOnce((transaction) => transaction.insert(collection, document(1)));
  const then = store.moment;
  const open = store.begin();
  store.atOnce((transaction) => transaction.replace(collection, id, document(2)));
  expect(read(store.sight(then), collection, id)).toEqual(document(1));
  change(store, 6_000);
  expect(() => store.sight(then)).toThrow('too long ago');
  expect(read(open, collection, id)).toEqual(document(1));
  expect([...collection.ids()].length).toBe(6_001);
  store.abort(open);
  change(store, 1);
  expect([...collection.ids()].length).toBeLessThan(5_100);
  expect(select(store.sight(), collection, everything, new Date(0))).toEqual([{ id, document: document(2) }]);
  expect(() => store.sight(store.moment + 1)).toThrow('has not come');
});

it('a collection that was made, dropped or indexed since cannot be read as it was then', () => {
  const store = new Store();
  const then = store.moment;
  const collection = store.create('test.things');
  expect(() => store.findAt('test.things', then)).toThrow('after the snapshot');
  expect(store.findAt('test.things', store.moment)).toBe(collection);
  const made = store.moment;
  store.addIndex(collection, { name: 'n', key: { n: 1 }, isUnique: false });
  expect(() => store.findAt('test.things', made)).toThrow('after the snapshot');
  const indexed = store.moment;
  store.drop(collection);
  expect(() => store.findAt('test.things', indexed)).toThrow('after the snapshot');
  expect(store.findAt('test.things', store.moment)).toBeNull();
});
