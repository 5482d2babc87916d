import { MessageChannel, MessagePort } from 'node:worker_threads';
import {
  StoreCorruptError,
  StoreUnavailableError,
  type EventStore,
  type LogReader,
} from '../../engine/ports/event-store.js';
import type { Records } from '../../engine/ports/records.js';
import type { ViewReader, ViewStore } from '../../engine/ports/view-store.js';
import { DataFolderError, open, remove } from './data-file.js';
import { makeUsable, prepareLog, prepareViews, type ViewedLog, type Warn } from './data-folder.js';
import { DiskFailedError, type Faults } from './database.js';
import { SqliteEventStore } from './event-store.js';
import { lockFolder } from './lock.js';
import { LogHead } from './log-head.js';
import { SqliteLogReader } from './log-reader.js';
import { positionOf, type Place } from './positions.js';
import { SqliteRecordReader } from './record-reader.js';
import { SqliteRecords } from './records.js';
import { eventsFile, recordsFile, viewsFile } from './schema.js';
import { SqliteViewReader } from './view-reader.js';
import { SqliteViewStore } from './view-store.js';
import { WriterClient, type QueueLimits } from './writer-client.js';

export interface FolderOptions {
  /** Made if it is new. */
  readonly folder: string;
  /** Nothing can be acknowledged any more: end the process with an exit code other than 0. May be called twice. */
  readonly onFatal: (error: Error) => void;
  readonly warn: Warn;
  /** The log that the views are folded from, if it is not this folder's. */
  readonly viewedLog?: ViewedLog;
  readonly queue?: QueueLimits;
  /** Node's options for the writer's thread; tests run it from its source. */
  readonly execArgv?: readonly string[];
}

/** What the main thread has. */
export interface SqliteFolder {
  readonly events: EventStore;
  readonly records: Records;
  readonly views: ViewReader;
  /** For the thread that folds: hand it over as one of `transferList`. */
  projectorPort(): MessagePort;
  /** After the projector's thread has closed its side. Waits for what is being written. */
  close(): Promise<void>;
}

/** Opens a data folder for this process alone. Throws an error that says what to do, and then leaves it as it was. */
export async function openFolder(options: FolderOptions): Promise<SqliteFolder> {
  makeUsable(options.folder);
  try {
    return await openLocked(options);
  } catch (error) {
    throw refusalOf(error);
  }
}

/** A device that is full or fails is nothing that a start can wait for. */
function refusalOf(cause: unknown): unknown {
  if (cause instanceof StoreUnavailableError) {
    return new DataFolderError(`${cause.message} Make room on its device, then start again.`, { cause });
  }
  if (cause instanceof DiskFailedError) {
    return new DataFolderError(`${cause.message} See that its device works and has room, then start again.`, { cause });
  }
  return cause;
}

async function openLocked(options: FolderOptions): Promise<SqliteFolder> {
  const lock = lockFolder(options.folder);
  try {
    prepareLog(options.folder);
    const writer = await WriterClient.start(options);
    try {
      return openStores(options, writer, () => lock.release());
    } catch (error) {
      await writer.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openStores(options: FolderOptions, writer: WriterClient, release: () => void): SqliteFolder {
  const { folder, onFatal, warn } = options;
  const own = { logId: writer.logId, head: positionOf(writer.logId, writer.firstHead) };
  prepareViews(folder, options.viewedLog ?? own, warn);
  const faults = { diskFailed: onFatal };
  const events = new SqliteEventStore(open(folder, eventsFile, 'read', faults), writer);
  const records = new SqliteRecords(() => open(folder, recordsFile, 'read', faults), writer);
  const readViews = () => open(folder, viewsFile, 'read', faultsOfViews(folder, onFatal));
  const views = new SqliteViewReader(readViews(), readViews());
  return {
    events,
    records,
    views,
    projectorPort: () => {
      const { port1, port2 } = new MessageChannel();
      writer.watch(port1);
      return port2;
    },
    close: async () => {
      await events.close();
      await records.close();
      await views.close();
      await writer.close();
      release();
    },
  };
}

/** What the thread that folds has; its `views` is the only one that writes them. */
export interface ProjectorStores {
  readonly events: LogReader;
  readonly views: ViewStore;
  close(): Promise<void>;
}

export interface ProjectorOptions {
  readonly folder: string;
  /** The folder's own log, by the port that tells how far it is; or a log that lies elsewhere. */
  readonly log: MessagePort | LogReader;
  readonly onFatal: (error: Error) => void;
}

/** Opens the projector's side of a folder that the main thread has open. */
export async function openProjector({ folder, log, onFatal }: ProjectorOptions): Promise<ProjectorStores> {
  const events = log instanceof MessagePort ? await openLogReader(folder, log, onFatal) : log;
  const faults = faultsOfViews(folder, onFatal);
  const views = new SqliteViewStore(
    open(folder, viewsFile, 'write', faults),
    open(folder, viewsFile, 'read', faults),
    (error) => onFatal(error instanceof Error ? error : new Error(String(error))),
  );
  return {
    events,
    views,
    close: async () => {
      if (log instanceof MessagePort) log.close();
      await events.close();
      await views.close();
    },
  };
}

/** For the thread that folds, in a folder whose main thread has its records open. To be closed before that closes. */
export function openRecordReader(folder: string, onFatal: (error: Error) => void): SqliteRecordReader {
  return new SqliteRecordReader(open(folder, recordsFile, 'read', { diskFailed: onFatal }));
}

async function openLogReader(
  folder: string,
  port: MessagePort,
  diskFailed: (error: Error) => void,
): Promise<SqliteLogReader> {
  const head = new LogHead();
  // The writer says first where the log ends.
  await new Promise<void>((resolve) => {
    port.on('message', (place: Place) => {
      head.advance(place);
      resolve();
    });
  });
  return new SqliteLogReader(open(folder, eventsFile, 'read', { diskFailed }), head);
}

/** Damaged views are removed, so that the next start builds them again; this process cannot go on with them. */
function faultsOfViews(folder: string, onFatal: (error: Error) => void): Faults {
  return {
    diskFailed: onFatal,
    damaged: (cause) => {
      let advice = 'It was removed: start again, and all views are built again from the log.';
      try {
        remove(folder, viewsFile);
      } catch {
        advice = 'Remove it and start again: all views are built again from the log.';
      }
      onFatal(new StoreCorruptError(`${cause.message} ${advice}`, { cause }));
    },
  };
}
