/** The counterpart of the log writer: SQLite in a worker thread with the same durability and group commit, and nothing else. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Libsql from 'libsql';

const walPages = 4_096;
const columns = 7;

const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread.');
const db = new Libsql(String(workerData));
db.exec(`
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT, stream_id INTEGER NOT NULL, revision INTEGER NOT NULL,
    event_id TEXT NOT NULL, type TEXT NOT NULL, v INTEGER NOT NULL, recorded_at TEXT NOT NULL, data TEXT NOT NULL,
    meta TEXT NOT NULL, UNIQUE (stream_id, revision)
  )`);
const insert = db.prepare(
  `INSERT INTO events (stream_id, revision, event_id, type, recorded_at, data, meta, v) VALUES (?, ?, ?, ?, ?, ?, ?, 1)`,
);
const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
let pages = 0;

port.on('message', (first: string) => {
  const cells = first.split('\n');
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    cells.push(...(next.message as string).split('\n'));
  }
  if (cells.length < columns) return port.close();
  db.exec('BEGIN IMMEDIATE');
  for (let at = 0; at < cells.length; at += columns) insert.run(cells.slice(at, at + columns));
  db.exec('COMMIT');
  port.postMessage(cells.length / columns);
  pages += cells.length / columns + 4;
  if (pages < walPages) return;
  checkpoint.all();
  pages = 0;
});
port.postMessage('ready');
