import type { JSONEventData } from '@kurrent/kurrentdb-client';
import type { NewEvent } from '../../engine/ports/event-store.js';
import type { KurrentLimits } from './limits.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Events as the client wants them, checked before anything is sent: what it cannot write as JSON it never answers, and
 * what is too large for a message fails the appends of others. Throws where only a bug can be the reason.
 */
export function proposedEvents(events: readonly NewEvent[], limits: KurrentLimits): JSONEventData[] {
  const encoder = new TextEncoder();
  let dataBytes = 0;
  let messageBytes = 0;
  const proposed = events.map(({ id, type, data, meta }) => {
    if (!uuid.test(id)) throw new Error(`${JSON.stringify(id)} is no UUID in lower case.`);
    if (type === '' || type.startsWith('$') || type.includes('\n')) {
      throw new Error(`${JSON.stringify(type)} is no type of an event here.`);
    }
    const metadata = encoder.encode(JSON.stringify(meta));
    const bytes = Buffer.byteLength(JSON.stringify(data));
    dataBytes += bytes;
    messageBytes += bytes + metadata.length + type.length + 200;
    // Written as JSON again by the client: bytes would be stored as no JSON, and the server's own tools not show them.
    return { id, type, contentType: 'application/json' as const, data: data as JSONEventData['data'], metadata };
  });
  if (dataBytes > limits.dataBytes || messageBytes > limits.messageBytes) {
    throw new Error(
      `${events.length} events of ${dataBytes} bytes, ${messageBytes} with metadata, are too large for one append: ` +
        `at most ${limits.dataBytes} and ${limits.messageBytes}.`,
    );
  }
  return proposed;
}
