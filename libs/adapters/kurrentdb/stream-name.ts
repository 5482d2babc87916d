import { logStream, type LogName } from './stored-event.js';

/** What a stream is called in the store. */
export function streamName({ namespace }: LogName, stream: string): string {
  if (stream === '' || stream === logStream) throw new Error(`"${stream}" is no name of a stream here.`);
  if (stream.includes('\n')) throw new Error(`The name of ${JSON.stringify(stream)} has a line feed.`);
  return namespace + stream;
}
