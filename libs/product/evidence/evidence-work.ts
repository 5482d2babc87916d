import { turnOfEventLoop } from '#lib/engine/event-loop.js';
import { GrowingTree } from '#lib/engine/evidence/growing-tree.js';
import type { HeadSigner } from '#lib/engine/evidence/head-signer.js';
import { leafHash, leafOf } from '#lib/engine/evidence/merkle.js';
import { StoredTree } from '#lib/engine/evidence/stored-tree.js';
import { later } from '#lib/engine/model/instants.js';
import type { Clock } from '#lib/engine/ports/clock.js';
import {
  ForeignPositionError,
  type EventText,
  type LogReader,
  type StoredEvent,
} from '#lib/engine/ports/event-store.js';
import { firstAbort } from '#lib/engine/ports/first-abort.js';
import type { Logger } from '#lib/engine/ports/logger.js';
import type { Records } from '#lib/engine/ports/records.js';
import { Saving } from '#lib/engine/saving.js';
import { logPages } from '#lib/engine/transfer/log-pages.js';
import type { HeadsFile } from './heads-file.js';

export const evidenceLimits = {
  /** Leaves that are committed together while the tree is far behind the log. */
  leavesPerCommit: 5_000,
  /** Near the log's end leaves are entered at once, and committed within this time. */
  commitMs: 250,
  /** How often a head is written, if the log has grown. */
  headEveryMs: 3_600_000,
  /** How long a stop may take to bring the tree to the log's end before the last head is written. */
  lastWithinMs: 3_000,
} as const;

type EvidenceLimits = Readonly<Record<keyof typeof evidenceLimits, number>>;

export interface EvidenceOptions {
  readonly events: Pick<LogReader, 'follow' | 'head'>;
  readonly records: Records;
  readonly signer: HeadSigner;
  /** Null: heads are written nowhere. */
  readonly headsFile: HeadsFile | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: EvidenceLimits;
}

/**
 * Enters each event of the log into the tree, and writes a signed head when it has come to the log's end, every hour after
 * that, and when it comes to rest. One owner at a time: another that extends the tree is told by FencedError.
 */
export class EvidenceWork {
  readonly #limits: EvidenceLimits;
  /** Heads are written one after the other. */
  #writing: Promise<void> = Promise.resolve();
  #isComplete = false;

  constructor(private readonly options: EvidenceOptions) {
    this.#limits = options.limits ?? evidenceLimits;
  }

  /** Until the signal aborts; then it goes on to the log's end, if that is near, and writes the last head. */
  async run(signal: AbortSignal): Promise<void> {
    this.#isComplete = false;
    const callOff = this.#everyHour();
    try {
      await this.#follow(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      callOff();
      await this.#writing;
    }
    if (this.#isComplete && this.options.headsFile) await this.#last();
  }

  /** Rejects if the records or the log fail, or somebody else extends the tree. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { records, log } = this.options;
    const tree = await GrowingTree.load(records);
    try {
      await this.#extend(tree, signal);
    } catch (error) {
      if (!(error instanceof ForeignPositionError)) throw error;
      log.error({ events: tree.size }, 'the log does not go as far as the tree, which is built anew');
      await tree.forget();
      await this.#follow(signal);
    }
  }

  /** Leaves are entered while their events are still in the store's memory; that they are committed is a sync of the disk. */
  async #extend(tree: GrowingTree, signal: AbortSignal): Promise<void> {
    const { leavesPerCommit, commitMs } = this.#limits;
    const unsaved = new AbortController();
    let upTo = tree.position;
    const commit = async (): Promise<void> => (upTo === null ? undefined : tree.commit(upTo));
    const saving = new Saving(commit, commitMs, () => unsaved.abort());
    const { signal: ending, release } = firstAbort(signal, unsaved.signal);
    try {
      for await (const page of this.options.events.follow(tree.position, ending)) {
        enter(tree, page.texts ?? page.events.map(textOf));
        upTo = page.upTo;
        if (tree.pending > 0) saving.later();
        if (page.atHead && !this.#isComplete) {
          await saving.flush();
          this.#isComplete = true;
          this.#write();
        }
        if (tree.pending >= leavesPerCommit) await saving.flush();
        if (!page.atHead) await turnOfEventLoop();
      }
    } finally {
      release();
      await saving.flush();
    }
  }

  /** What was appended until the stop is signed too, so that nobody can change it while nothing runs. */
  async #last(): Promise<void> {
    const { events, records, log } = this.options;
    try {
      const tree = await GrowingTree.load(records);
      const inTime = AbortSignal.timeout(this.#limits.lastWithinMs);
      for await (const page of logPages(events, tree.position, await events.head(), inTime)) {
        enter(tree, page.map(textOf));
        const position = page.at(-1)?.position;
        if (position !== undefined) await tree.commit(position);
      }
    } catch (error) {
      log.warn({ error }, 'the last head does not reach the end of the log');
    }
    this.#write();
    await this.#writing;
  }

  #everyHour(): () => void {
    const { clock } = this.options;
    let callOff = (): void => undefined;
    const next = (): void => {
      callOff = clock.at(later(clock.now(), this.#limits.headEveryMs), () => {
        if (this.#isComplete) this.#write();
        next();
      });
    };
    next();
    return () => callOff();
  }

  #write(): void {
    this.#writing = this.#writing.then(() => this.#writeHead());
  }

  /** Never rejects: the next hour tries again. */
  async #writeHead(): Promise<void> {
    const { records, signer, headsFile, log } = this.options;
    if (!headsFile) return;
    try {
      const tree = await StoredTree.open(records);
      const last = await headsFile.last();
      const isSame = !last || (last.size <= tree.size && (await rootAt(tree, last.size)) === last.root);
      if (!isSame) return log.error({ signed: last.size, events: tree.size }, 'the history is not what was signed');
      if (tree.size > (last?.size ?? 0)) await headsFile.add(signer.sign(tree.size, await tree.rootAt(tree.size)).note);
    } catch (error) {
      log.error({ error }, 'no head was written; the next hour tries again');
    }
  }
}

type Leaf = Pick<EventText, 'json' | 'position'>;

function textOf(event: StoredEvent): Leaf {
  return { json: leafOf(event), position: event.position };
}

function enter(tree: GrowingTree, leaves: readonly Leaf[]): void {
  for (const { json, position } of leaves) tree.add(leafHash(json), position);
}

async function rootAt(tree: StoredTree, size: number): Promise<string> {
  return (await tree.rootAt(size)).toString('base64');
}
