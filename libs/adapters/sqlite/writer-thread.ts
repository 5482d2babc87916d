/** The entry of the writer's thread. It ends when it was asked to close, or with its process. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { open } from './data-file.js';
import { fatal, LogWriter } from './log-writer.js';
import type { FromWriter, ToWriter } from './protocol.js';
import { eventsFile, recordsFile } from './schema.js';

const { folder } = workerData as { readonly folder: string };
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread.');
const answer = (message: FromWriter) => port.postMessage(message);
const watchers = new Set<MessagePort>();

try {
  const files = { events: open(folder, eventsFile, 'write'), records: open(folder, recordsFile, 'write') };
  const writer = new LogWriter(files, answer, (head) => {
    for (const watcher of watchers) watcher.postMessage(head);
  });
  port.on('message', (first: ToWriter) => {
    const messages = [first];
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      messages.push(next.message as ToWriter);
    }
    writer.write(messages);
    for (const message of messages) {
      if (message.kind === 'watch') watch(writer, message.port);
      if (message.kind === 'close') close(writer);
    }
  });
} catch (error) {
  answer(fatal(error));
}

function watch(writer: LogWriter, watcher: MessagePort): void {
  watchers.add(watcher);
  watcher.on('close', () => watchers.delete(watcher));
  watcher.postMessage(writer.head);
}

function close(writer: LogWriter): void {
  writer.close();
  for (const watcher of watchers) watcher.close();
  port?.close();
}
