import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const pollMs = 200;
const waitAtMostMs = 10 * 60_000;

/**
 * Runs `work` while no other process does so for the same folder: `npm start` and `npm test`, begun together in a fresh
 * clone, would empty each other's node_modules. The lock is a file with the holder's process ID, outside the folder
 * because npm ci and the build empty what is inside; one whose holder is gone does not count.
 */
export function alone(folder, work) {
  const lock = join(tmpdir(), `seatledger-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.lock`);
  acquire(lock);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function acquire(lock) {
  const giveUpAt = Date.now() + waitAtMostMs;
  for (let told = false; ; told = true) {
    if (create(lock)) return;
    const holder = holderOf(lock);
    if (holder === null) continue;
    if (!isAlive(holder)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (Date.now() > giveUpAt) throw new Error(`Process ${holder} holds ${lock}; end it, or remove the file.`);
    if (!told) console.log(`Waiting for process ${holder}, which is installing or building here …`);
    sleep(pollMs);
  }
}

function create(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds the lock, or null if it has just been released. */
function holderOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user cannot be signaled, and is alive all the same.
    return error.code === 'EPERM';
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
