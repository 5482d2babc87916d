import { BSON, Long } from 'bson';
import fc from 'fast-check';
import { Framer, maxMessageBytes, readRequest, writeReply } from './wire.js';

const body = (n: number) => ({ insert: 'things', n: Long.fromNumber(n) });
const request = { id: 7, body: {}, isLegacy: false, expectsReply: true };

it('messages are cut out of a stream wherever its parts end', () => {
  const stream = Buffer.concat([1, 2, 3].map((n) => writeReply(request, body(n), n)));
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 6 }), (cuts) => {
      const framer = new Framer();
      const ends = [...cuts, stream.length].sort((a, b) => a - b);
      const messages = ends.flatMap((end, at) => framer.push(stream.subarray(ends[at - 1] ?? 0, end)));
      expect(messages.map((message) => readRequest(message).body)).toEqual([1, 2, 3].map(body));
    }),
  );
});

it('documents of a sequence stand in the body; a message that asks for no answer says so', () => {
  const documents = [BSON.serialize({ _id: 'a' }), BSON.serialize({ _id: 'b' })];
  const name = Buffer.from('documents\0');
  const size = Buffer.alloc(4);
  size.writeInt32LE(4 + name.length + documents.reduce((sum, { length }) => sum + length, 0));
  const section = Buffer.concat([Buffer.from([1]), size, name, ...documents]);
  const message = Buffer.concat([writeReply(request, body(1), 9), section]);
  message.writeInt32LE(message.length, 0);
  expect(readRequest(message)).toEqual({
    id: 9,
    isLegacy: false,
    expectsReply: true,
    body: { ...body(1), documents: [{ _id: 'a' }, { _id: 'b' }] },
  });
  message.writeUInt32LE(2, 16);
  expect(readRequest(message).expectsReply).toBe(false);
  message.writeUInt32LE(1, 16);
  expect(() => readRequest(message)).toThrow('flags 1');
});

it('a message longer than the server takes is refused by its first bytes', () => {
  const header = Buffer.alloc(16);
  header.writeInt32LE(maxMessageBytes, 0);
  expect(new Framer().push(header)).toEqual([]);
  header.writeInt32LE(maxMessageBytes + 1, 0);
  expect(() => new Framer().push(header)).toThrow('48000001 bytes');
});
