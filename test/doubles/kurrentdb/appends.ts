import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Expected, ProposedEvent, Written } from './event-log.js';
import { nameOf, streamIdentifier, uuidOf } from './messages.js';
import { empty, errorStatus, shared, streams } from './stubs.js';

export type AppendCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;

/** Bytes of event data in one append. Metadata and names are not counted, as on the server. */
const MAX_APPEND_SIZE = 1_048_576;

/** One append, gathered from the messages that carry its events. */
export interface Append {
  readonly correlation: shared.UUID;
  readonly stream: string;
  readonly expected: Expected;
  readonly proposed: ProposedEvent[];
  size: number;
}

/** Gathers the appends of one call by their correlation; gives one back when its last message has come. */
export class AppendsOfCall {
  readonly #pending = new Map<string, Append>();

  /** `undefined` while more is to come. */
  take(request: streams.BatchAppendReq): Append | streams.BatchAppendResp | undefined {
    const correlation = request.getCorrelationId() ?? new shared.UUID();
    const key = uuidOf(correlation) ?? '';
    const options = request.getOptions();
    if (options) this.#pending.set(key, newAppend(correlation, options));
    const append = this.#pending.get(key);
    if (!append) return undefined;
    for (const message of request.getProposedMessagesList()) {
      const event = proposedEvent(message);
      if (!event) return this.#refuse(key, append, 'BadRequest', new shared.BadRequest().serializeBinary());
      append.proposed.push(event);
      append.size += event.data.length;
    }
    if (append.size > MAX_APPEND_SIZE) {
      const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_SIZE);
      return this.#refuse(key, append, 'MaximumAppendSizeExceeded', details.serializeBinary());
    }
    if (!request.getIsFinal()) return undefined;
    this.#pending.delete(key);
    return append;
  }

  #refuse(key: string, append: Append, name: string, details: Uint8Array): streams.BatchAppendResp {
    this.#pending.delete(key);
    return refusal(append, name, details);
  }
}

function newAppend(correlation: shared.UUID, options: streams.BatchAppendReq.Options): Append {
  const stream = nameOf(options.getStreamIdentifier()) ?? '';
  return { correlation, stream, expected: expectedOf(options), proposed: [], size: 0 };
}

function expectedOf(options: streams.BatchAppendReq.Options): Expected {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream_exists' : Number(options.getStreamPosition());
}

function proposedEvent(message: streams.BatchAppendReq.ProposedMessage): ProposedEvent | undefined {
  const id = uuidOf(message.getId());
  const type = message.getMetadataMap().get('type');
  if (id === undefined || !type) return undefined;
  return {
    id,
    type,
    contentType: message.getMetadataMap().get('content-type') ?? 'application/octet-stream',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

const answer = ({ correlation, stream }: Append) =>
  new streams.BatchAppendResp().setCorrelationId(correlation).setStreamIdentifier(streamIdentifier(stream));

/** A refusal as the server names it: the details are a message of that name. */
export function refusal(append: Append, name: string, details: Uint8Array): streams.BatchAppendResp {
  return answer(append).setError(errorStatus(name, `event_store.client.${name}`, details));
}

/** A refusal that carries only a text: the client does not recognize it. */
export function refusalInWords(append: Append, text: string): streams.BatchAppendResp {
  return answer(append).setError(errorStatus(text, 'google.protobuf.Empty', new Uint8Array()));
}

export function outcome(append: Append, written: Written): streams.BatchAppendResp {
  if (!written.ok) return refusal(append, 'WrongExpectedVersion', conflict(append.expected, written.actual));
  const position = String(written.position);
  const success = new streams.BatchAppendResp.Success().setPosition(
    new shared.AllStreamPosition().setCommitPosition(position).setPreparePosition(position),
  );
  if (written.revision >= 0) success.setCurrentRevision(String(written.revision));
  return answer(append).setSuccess(success);
}

function conflict(expected: Expected, actual: number): Uint8Array {
  const details = new shared.WrongExpectedVersion();
  if (actual >= 0) details.setCurrentStreamRevision(String(actual));
  else details.setCurrentNoStream(empty());
  if (expected === 'no_stream') details.setExpectedNoStream(empty());
  else if (expected === 'any') details.setExpectedAny(empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(empty());
  else details.setExpectedStreamPosition(String(expected));
  return details.serializeBinary();
}
