import { BSON, type Document } from 'bson';

/** The largest message and document that the server takes, in bytes, as it says in its `hello`. */
export const maxMessageBytes = 48_000_000;
export const maxDocumentBytes = 16 * 1024 * 1024;

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
const headerBytes = 16;
const moreToCome = 2;
const exhaustAllowed = 1 << 16;

export interface Request {
  readonly id: number;
  readonly body: Document;
  /** Of the first message of a connection, which the driver sends before it knows what the server speaks. */
  readonly isLegacy: boolean;
  readonly expectsReply: boolean;
}

/** Cuts a stream of bytes into messages. */
export class Framer {
  private parts: Buffer[] = [];
  private length = 0;

  /** Complete messages, in order. Throws if one claims to be longer than the server takes. */
  push(part: Buffer): Buffer[] {
    this.parts.push(part);
    this.length += part.length;
    const messages: Buffer[] = [];
    for (let bytes = this.next(); bytes !== null; bytes = this.next()) messages.push(bytes);
    return messages;
  }

  private next(): Buffer | null {
    if (this.length < headerBytes) return null;
    if ((this.parts[0]?.length ?? 0) < headerBytes) this.parts = [Buffer.concat(this.parts)];
    const size = this.parts[0]?.readInt32LE(0) ?? 0;
    if (size < headerBytes || size > maxMessageBytes) throw new Error(`A message of ${size} bytes`);
    if (this.length < size) return null;
    const all = Buffer.concat(this.parts);
    this.parts = [all.subarray(size)];
    this.length -= size;
    return all.subarray(0, size);
  }
}

export function readRequest(message: Buffer): Request {
  const id = message.readInt32LE(4);
  const operation = message.readInt32LE(12);
  if (operation === opMsg) return { id, isLegacy: false, ...readMsg(message) };
  if (operation !== opQuery) throw new Error(`The double does not know operation ${operation} of the wire protocol`);
  const nameEnd = message.indexOf(0, headerBytes + 4);
  const database = message.toString('utf8', headerBytes + 4, nameEnd).replace(/[.][$]cmd$/, '');
  const body = parse(message.subarray(nameEnd + 9));
  return { id, isLegacy: true, expectsReply: true, body: { ...body, $db: database } };
}

/** A body (kind 0) and sequences of documents (kind 1), which stand for arrays in the body. */
function readMsg(message: Buffer): Pick<Request, 'body' | 'expectsReply'> {
  const flags = message.readUInt32LE(headerBytes);
  if ((flags & ~(moreToCome | exhaustAllowed)) !== 0) throw new Error(`The double does not know the flags ${flags}`);
  let body: Document = {};
  const sequences: Document = {};
  for (let at = headerBytes + 4; at < message.length;) {
    const kind = message[at];
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    if (kind === 0) body = parse(section);
    else if (kind === 1) Object.assign(sequences, readSequence(section));
    else throw new Error(`The double does not know sections of kind ${kind}`);
    at += 1 + size;
  }
  return { body: { ...body, ...sequences }, expectsReply: (flags & moreToCome) === 0 };
}

function readSequence(section: Buffer): Document {
  const nameEnd = section.indexOf(0, 4);
  const documents: Document[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const size = section.readInt32LE(at);
    documents.push(parse(section.subarray(at, at + size)));
    at += size;
  }
  return { [section.toString('utf8', 4, nameEnd)]: documents };
}

/** Numbers keep their BSON type, so that what is read is what was written. */
function parse(bytes: Buffer): Document {
  return BSON.deserialize(bytes, {
    promoteValues: false,
    promoteLongs: false,
    bsonRegExp: true,
    allowObjectSmallerThanBufferSize: true,
  });
}

export function writeReply(request: Request, body: Document, id: number): Buffer {
  const bytes = BSON.serialize(body, { ignoreUndefined: true });
  const header = Buffer.alloc(headerBytes + (request.isLegacy ? 20 : 5));
  header.writeInt32LE(header.length + bytes.length, 0);
  header.writeInt32LE(id, 4);
  header.writeInt32LE(request.id, 8);
  header.writeInt32LE(request.isLegacy ? opReply : opMsg, 12);
  if (request.isLegacy) header.writeInt32LE(1, headerBytes + 16);
  return Buffer.concat([header, bytes]);
}
