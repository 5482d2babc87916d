import { createRequire } from 'node:module';
import featuresGrpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import features from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import status from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import streamsGrpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';

/**
 * The protocol as the official client generated it. The files are CommonJS without names that Node could see, hence the
 * default imports, each of which is the namespace of its file.
 */
export { features, featuresGrpc, shared, status, streams, streamsGrpc };

type Any = NonNullable<ReturnType<status.Status['getDetails']>>;
type Empty = NonNullable<ReturnType<shared.WrongExpectedVersion['getExpectedAny']>>;

// A package of the client, not of ours: asked for as the client would ask.
const requireOfClient = createRequire(createRequire(import.meta.url).resolve('@kurrent/kurrentdb-client'));
const { Any } = requireOfClient('google-protobuf/google/protobuf/any_pb.js') as { Any: new () => Any };
const { Empty } = requireOfClient('google-protobuf/google/protobuf/empty_pb.js') as { Empty: new () => Empty };

export const empty = () => new Empty();

/** The details of an error on the batch path, which is a status in an answer and not the end of the call. */
export function errorStatus(message: string, type: string, details: Uint8Array): status.Status {
  const any = new Any();
  any.pack(details, type);
  return new status.Status().setMessage(message).setDetails(any);
}
