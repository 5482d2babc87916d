import { connect } from 'node:net';
import { once } from 'node:events';
import { binaryEvent, END, type KurrentDBClient } from '@kurrent/kurrentdb-client';
import { KurrentDouble } from './kurrent-double.js';
import { appendTypes, clientsOf, eventsOf, failure, range, typesOf, Watch } from './watching.js';

let double: KurrentDouble;
let connectClient: () => KurrentDBClient;
let client: KurrentDBClient;
let dispose: () => Promise<void>;
beforeEach(async () => {
  double = await KurrentDouble.start();
  const clients = clientsOf(double.url);
  [connectClient, dispose] = [clients.connect, clients.dispose];
  client = connectClient();
});
afterEach(async () => {
  await double.faults.heal();
  await dispose();
  await double.stop();
});

const unavailable = { error: 'UnavailableError', type: 'unavailable', code: 14 };
const done = { succeeded: true };
const written = (stream: string) => (double.log.stream(stream) ?? []).map(({ type }) => type);

describe('a log of fewer than 32 events, none of them asked for', () => {
  it('is reported as looked through up to 2⁶⁴−1, once', async () => {
    const watch = new Watch(client, 'sl_').read();
    await watch.untilSeen('caughtUp');
    await appendTypes(client, 'other', 'no_stream', ...range('x', 40));
    await appendTypes(client, 'sl_a', 'no_stream', 'A');
    await watch.untilSeen('A');
    const top = 2n ** 64n - 1n;
    expect(watch.seen).toEqual([`checkpoint ${top}/${top}`, 'caughtUp', 'A']);
  });
});

describe('a stop', () => {
  it('is one error of a subscription, which does not end; the same port and log come back', async () => {
    await appendTypes(client, 'a', 'no_stream', 'A', 'B');
    const watch = new Watch(client, 'a').read();
    await watch.untilSeen('B', 'caughtUp');
    await double.stop();
    await watch.untilSeen('error 14');
    const raw = { error: 'Error', type: undefined, code: 14 };
    expect(await failure(appendTypes(client, 'a', 1n, 'C'))).toEqual(raw);
    await double.resume();
    expect(await appendTypes(client, 'a', 1n, 'C')).toMatchObject({ nextExpectedRevision: 2n });
    expect(await typesOf(client.readStream('a'))).toEqual(['A', 'B', 'C']);
    expect(watch.seen.slice(-2)).toEqual(['caughtUp', 'error 14']);
    expect(watch.subscription.destroyed).toBe(false);
  });

  it('breaks the reads of a client that reads for the first time; a new client is well', async () => {
    await appendTypes(client, 'a', 'no_stream', 'A');
    await double.stop();
    const gone = { error: 'UnavailableError', type: 'unavailable', code: undefined };
    expect(await failure(typesOf(client.readStream('a')))).toEqual(gone);
    await double.resume();
    expect(await failure(typesOf(client.readStream('a')))).toEqual(gone);
    expect(await typesOf(connectClient().readStream('a'))).toEqual(['A']);
  });

  it('forgets what was compared for appends at "any", and nothing else', async () => {
    const events = eventsOf('A');
    const first = await client.appendToStream('a', events, { streamState: 'no_stream' });
    expect(await client.appendToStream('a', events, { streamState: 'any' })).toEqual(first);
    const watch = new Watch(client, 'a');
    await watch.untilSeen('caughtUp');
    await double.restart();
    await watch.untilSeen('error 14');
    expect(await client.appendToStream('a', events, { streamState: 'no_stream' })).toEqual(first);
    expect(await client.appendToStream('a', events, { streamState: 'any' })).toMatchObject({
      nextExpectedRevision: 1n,
    });
  });
});

describe('connections', () => {
  it('that are dropped fail what is under way; the next attempt connects again', async () => {
    const watch = new Watch(client, 'a').read();
    await watch.untilSeen('caughtUp');
    expect([double.connections, double.subscriptions]).toEqual([1, 1]);
    double.faults.dropConnections();
    await watch.untilSeen('error 14');
    expect(await failure(appendTypes(client, 'a', 'no_stream', 'A'))).toEqual(done);
    expect([double.connections, double.subscriptions]).toEqual([1, 0]);
  });

  it('made half open are accepted and never answered, also after others are', async () => {
    double.faults.halfOpen();
    const socket = connect(Number(new URL(double.url).port), '127.0.0.1');
    const heard: unknown[] = [];
    socket.on('data', (data) => heard.push(data));
    await once(socket, 'connect');
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    await double.faults.heal();
    await appendTypes(client, 'a', 'no_stream', 'A');
    expect([heard, socket.destroyed]).toEqual([[], false]);
    socket.destroy();
  });

  it('that are frozen let nothing through while another server answers, and everything when thawed', async () => {
    await appendTypes(client, 'a', 'no_stream', 'A');
    const other = await KurrentDouble.start();
    const elsewhere = clientsOf(other.url);
    double.faults.freeze();
    let settled = false;
    const append = appendTypes(client, 'a', 0n, 'B').finally(() => (settled = true));
    await appendTypes(elsewhere.connect(), 'a', 'no_stream', ...range('E', 1_000));
    expect([settled, written('a')]).toEqual([false, ['A']]);
    double.faults.thaw();
    expect(await append).toMatchObject({ nextExpectedRevision: 1n });
    await elsewhere.dispose();
    await other.stop();
  });

  it('that are delayed take so much longer each way', async () => {
    await appendTypes(client, 'a', 'no_stream', 'A');
    double.faults.delay(50);
    const from = performance.now();
    await appendTypes(client, 'a', 0n, 'B');
    expect(performance.now() - from).toBeGreaterThanOrEqual(99);
  });
});

describe('an append', () => {
  it.each([
    ['silence', undefined],
    ['disconnect', unavailable],
    ['timeout', { error: 'DeadlineExceededError', type: 'deadline-exceeded', code: undefined }],
  ] as const)(
    'whose answer is lost (%s) is written, and the same again answers as it would have',
    async (loss, seen) => {
      const events = eventsOf('A', 'B');
      double.faults.loseNextAppendAnswer(loss);
      const lost = failure(client.appendToStream('a', events, { streamState: 'no_stream' }));
      if (seen) expect(await lost).toEqual(seen);
      await double.log.untilWritten('a', 2);
      const again = await client.appendToStream('a', events, { streamState: 'no_stream' });
      expect(again).toMatchObject({ nextExpectedRevision: 1n });
      expect(again.position?.commit).toBe(double.log.events.at(-1)?.position);
      expect(written('a')).toEqual(['A', 'B']);
    },
  );

  it('that finds its connection gone is not written', async () => {
    double.faults.disconnectBeforeNextAppend();
    expect(await failure(appendTypes(client, 'a', 'no_stream', 'A'))).toEqual(unavailable);
    expect(written('a')).toEqual([]);
    expect(await failure(appendTypes(client, 'a', 'no_stream', 'B'))).toEqual(done);
  });

  it.each([
    ['not-ready', 'Could not recognize Server Is Not Ready'],
    ['too-busy', 'Could not recognize Server Is Busy'],
    ['no-leader-known', 'Could not recognize No leader info available in response'],
  ] as const)('that is refused (%s) is not written, and the next one is', async (reason, message) => {
    double.faults.refuseNextAppend(reason);
    await expect(appendTypes(client, 'a', 'no_stream', 'A')).rejects.toMatchObject({ type: 'unknown', message });
    expect(written('a')).toEqual([]);
    expect(await failure(appendTypes(client, 'a', 'no_stream', 'B'))).toEqual(done);
  });

  it('that is refused with a leader fails all of the client in flight, which then turns to that leader', async () => {
    double.faults.refuseNextAppend('not-leader');
    const leader = { address: '127.0.0.1', port: Number(new URL(double.url).port) };
    await expect(appendTypes(client, 'a', 'no_stream', 'A')).rejects.toMatchObject({ type: 'not-leader', leader });
    expect(written('a')).toEqual([]);
    expect(await failure(appendTypes(client, 'a', 'no_stream', 'B'))).toEqual(done);
  });
});

it('a server that is not ready refuses reads, subscriptions and appends until it is', async () => {
  double.faults.beNotReady();
  const gone = { error: 'UnavailableError', type: 'unavailable', code: undefined };
  expect(await failure(typesOf(client.readStream('a')))).toEqual(gone);
  expect(await failure(appendTypes(client, 'a', 'no_stream', 'A'))).toMatchObject({ type: 'unknown' });
  const watch = new Watch(client, 'a').read();
  await watch.untilSeen('error 14');
  await double.faults.heal();
  expect(await failure(appendTypes(client, 'a', 'no_stream', 'A'))).toEqual(done);
  expect(await typesOf(client.readStream('a'))).toEqual(['A']);
});

describe('a subscription', () => {
  let watch: Watch;
  beforeEach(async () => {
    await appendTypes(client, 'a', 'no_stream', 'A');
    watch = new Watch(client, 'a').read();
    await watch.untilSeen('caughtUp');
    watch.seen.length = 0;
  });

  it('can end without an error', async () => {
    double.faults.endSubscriptions();
    await watch.untilSeen('close');
    expect(watch.seen).toEqual(['end', 'close']);
    expect(double.subscriptions).toBe(0);
  });

  it('can fail, by default as when a server is stopped in order', async () => {
    double.faults.failSubscriptions();
    await watch.untilSeen('error 13');
    expect([watch.seen, double.subscriptions]).toEqual([['error 13'], 0]);
  });

  it('can deliver every n-th event twice', async () => {
    double.faults.repeatEvery(2);
    await appendTypes(client, 'a', 0n, 'B', 'C', 'D', 'E');
    await watch.until((seen) => seen.filter((entry) => entry === 'D').length === 2 && seen.includes('E'));
    expect(watch.seen).toEqual(['B', 'B', 'C', 'D', 'D', 'E']);
  });

  it('can report a checkpoint and caughtUp before the events that they include', async () => {
    const { position } = await appendTypes(client, 'a', 0n, 'B', 'C');
    await watch.untilSeen('C');
    double.faults.holdEvents();
    const early = new Watch(client, 'a').read();
    await early.untilSeen('caughtUp');
    expect(early.seen).toEqual([`checkpoint ${position?.commit}/${position?.prepare}`, 'caughtUp']);
    await double.faults.releaseEvents();
    await early.untilSeen('C');
    expect(early.events).toEqual(['A', 'B', 'C']);
  });

  it('can report any checkpoint, and caughtUp again', async () => {
    const beyond = 2n ** 63n - 1n;
    await double.faults.sendCheckpoint({ commit: beyond, prepare: beyond });
    await double.faults.sendCaughtUp();
    await watch.untilSeen('caughtUp');
    expect(watch.seen).toEqual([`checkpoint ${beyond}/${beyond}`, 'caughtUp']);
  });

  it('says again that it has caught up when its reader had fallen behind', async () => {
    watch.subscription.pause();
    const large = range('E', 400).map((type) => binaryEvent({ type, data: new Uint8Array(10_000) }));
    for (let n = 0; n < 400; n += 50)
      await client.appendToStream('a', large.slice(n, n + 50), { streamState: BigInt(n) });
    watch.subscription.resume();
    await watch.until((seen) => seen.includes('E399') && seen.includes('caughtUp'));
    expect(watch.events).toEqual(range('E', 400));
  });

  it('from the end delivers what comes later', async () => {
    const later = new Watch(client, 'a', END).read();
    await later.untilSeen('caughtUp');
    await appendTypes(client, 'a', 0n, 'B');
    await later.untilSeen('B');
    expect(later.seen).toEqual(['caughtUp', 'B']);
  });
});
