import { jest } from '@jest/globals';
import { KeptPast, type FoldedPast } from '#lib/engine/history/kept-past.js';
import { PastDocuments } from '#lib/engine/history/past-documents.js';
import { limits } from '#lib/engine/limits.js';
import { CustomerLicenseCounts, licenseCountsProjection } from '#lib/views/license-counts.js';
import { assigned, resized, serviceId, tenantId } from '../domain/seat-pool/fixtures.js';
import { streams } from '#lib/domain/ids.js';
import { noon, recorded } from '../support/given.js';
import { pastOf } from './past.js';
import { positionOf } from './replayed-log.js';

afterEach(() => jest.useRealTimers());

const folded = (events: number): FoldedPast => ({
  documents: new PastDocuments(licenseCountsProjection),
  streams: 1,
  events,
});

describe('what answers about the past have folded', () => {
  it('R90 is kept for the next answer as of the same moment, and answers the same', async () => {
    const stream = streams.seatPool(tenantId, serviceId);
    const past = await pastOf(recorded(stream, [resized(0, 5, 0), assigned('ada'), assigned('bob')]), noon);
    const reads: string[] = [];
    const read = past.log.read.bind(past.log);
    past.log.read = (name, from) => {
      reads.push(name);
      return read(name, from);
    };
    const licenses = Object.assign(new CustomerLicenseCounts(), { tenantId });
    const first = await past.ask(licenses, { position: positionOf(2) });
    const once = [...reads];
    expect(once).toContain(stream);
    expect(await past.ask(licenses, { position: positionOf(2) })).toEqual(first);
    expect(reads).toEqual(once);
    expect(await past.ask(licenses, { position: positionOf(3) })).not.toEqual(first);
    expect(reads.length).toBeGreaterThan(once.length);
  });

  it('is bounded by the events that it rests on; what was not used for longest goes first', () => {
    const kept = new KeptPast();
    const third = Math.floor(limits.pastEvents / 3);
    const [a, b, c, d] = [folded(third), folded(third), folded(third), folded(third)];
    kept.keep('a', a);
    kept.keep('b', b);
    kept.keep('c', c);
    expect(kept.find('a')).toBe(a);
    kept.keep('d', d);
    expect(['a', 'b', 'c', 'd'].map((name) => kept.find(name))).toEqual([a, null, c, d]);
    kept.keep('whole', folded(limits.pastEvents));
    expect(['a', 'c', 'd'].map((name) => kept.find(name))).toEqual([null, null, null]);
    expect(kept.find('whole')).not.toBeNull();
  });

  it('goes when nobody has asked for a while', () => {
    jest.useFakeTimers();
    const kept = new KeptPast();
    const one = folded(1);
    kept.keep('one', one);
    jest.advanceTimersByTime(limits.pastKeptMs - 1);
    expect(kept.find('one')).toBe(one);
    jest.advanceTimersByTime(limits.pastKeptMs);
    expect(kept.find('one')).toBeNull();
  });
});
