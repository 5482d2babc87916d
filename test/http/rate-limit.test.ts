import { Buckets, networkOf } from '../../apps/server/http/rate-limit.js';

const rate = { calls: 10, withinMs: 60_000, addresses: 3 };
const startMs = 1_000_000;
const times = (count: number, act: () => number): number[] => Array.from({ length: count }, act);

describe('calls of one address', () => {
  it('are let in ten at once, the eleventh not before a tenth of the time has passed', () => {
    const buckets = new Buckets(rate);
    expect(times(10, () => buckets.take('a', startMs))).toEqual(times(10, () => 0));
    expect(buckets.take('a', startMs)).toBe(6_000);
    expect(buckets.take('a', startMs + 5_999)).toBe(1);
    expect(buckets.take('a', startMs + 6_000)).toBe(0);
    expect(buckets.take('a', startMs + 6_001)).toBe(5_999);
  });

  it('are let in ten at once again when the whole time has passed since the last', () => {
    const buckets = new Buckets(rate);
    times(10, () => buckets.take('a', startMs));
    expect(times(11, () => buckets.take('a', startMs + 60_000))).toEqual([...times(10, () => 0), 6_000]);
  });

  it('do not count for others; of too many addresses, who called longest ago is forgotten', () => {
    const buckets = new Buckets(rate);
    times(10, () => buckets.take('a', startMs));
    times(10, () => buckets.take('b', startMs));
    expect(buckets.take('c', startMs)).toBe(0);
    expect(buckets.take('a', startMs)).toBe(6_000);
    expect(buckets.take('d', startMs)).toBe(0);
    expect(['a', 'b'].map((address) => buckets.take(address, startMs))).toEqual([6_000, 0]);
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:db8:1:3::1', '2001:db8:1:3'],
    ['whatever a proxy says', 'whatever a proxy says'],
    ['x'.repeat(100), 'x'.repeat(45)],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
