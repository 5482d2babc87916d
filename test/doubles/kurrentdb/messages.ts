import { Metadata, status as code } from '@grpc/grpc-js';
import type { LoggedEvent } from './event-log.js';
import { shared, streams } from './stubs.js';

/** Commit and prepare position: of an event both are the same. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

export const streamIdentifier = (name: string) => new shared.StreamIdentifier().setStreamName(bytes(name));
export const nameOf = (identifier: shared.StreamIdentifier | undefined) =>
  identifier && Buffer.from(identifier.getStreamName_asU8()).toString('utf8');

/** What ends a call with an error: grpc-js takes the fields from any error. */
export class CallError extends Error {
  readonly metadata = new Metadata();
  constructor(
    readonly code: code,
    readonly details: string,
    metadata: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    for (const [name, value] of Object.entries(metadata)) this.metadata.set(name, value);
  }
}

export const serverNotReady = () => new CallError(code.UNAVAILABLE, 'Server Is Not Ready');
export const invalidPosition = () => new CallError(code.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
export const unsupported = (what: string) => new CallError(code.UNIMPLEMENTED, `The double does not know ${what}`);
export const notLeader = (host: string, port: number) =>
  new CallError(code.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

/** The text of a UUID, whichever of its two forms was sent; undefined if it is none. */
export function uuidOf(uuid: shared.UUID | undefined): string | undefined {
  const bits = uuid?.getStructured();
  const hex = (value: string) => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0');
  const text = bits
    ? `${hex(bits.getMostSignificantBits())}${hex(bits.getLeastSignificantBits())}`
    : (uuid?.getString() ?? '').toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(text)) return undefined;
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function uuid(id: string, asText: boolean): shared.UUID {
  if (asText) return new shared.UUID().setString(id);
  const hex = id.replaceAll('-', '');
  const half = (digits: string) => BigInt.asIntN(64, BigInt(`0x${digits}`)).toString();
  return new shared.UUID().setStructured(
    new shared.UUID.Structured()
      .setMostSignificantBits(half(hex.slice(0, 16)))
      .setLeastSignificantBits(half(hex.slice(16))),
  );
}

/** An event as reads and subscriptions deliver it. */
export function eventMessage(event: LoggedEvent, idAsText: boolean): streams.ReadResp {
  const position = event.position.toString();
  const record = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(uuid(event.id, idAsText))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  record
    .getMetadataMap()
    .set('type', event.type)
    .set('created', event.created.toString())
    .set('content-type', event.contentType);
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(record).setCommitPosition(position));
}

export function checkpointMessage({ commit, prepare }: Place): streams.ReadResp {
  return new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
  );
}

export const caughtUpMessage = () => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());
export const confirmationMessage = (id: string) =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id));
export const notFoundMessage = (stream: string) =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)),
  );
export const lastRevisionMessage = (revision: number) => new streams.ReadResp().setLastStreamPosition(String(revision));

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}
