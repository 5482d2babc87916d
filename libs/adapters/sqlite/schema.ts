/** One file of the data folder: what is in it, and how safely it is written. */
export interface FileKind {
  readonly name: 'events.db' | 'records.db' | 'views.db';
  /** In the file's header: four letters by which it is known as ours. */
  readonly applicationId: number;
  /** In the file's header: raised when the schema changes. */
  readonly version: number;
  /** FULL: a commit is on the disk when it is answered. NORMAL: a power cut may take the last commits, all of each. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** What is deleted is overwritten. */
  readonly secureDelete: boolean;
  readonly schema: string;
}

/** The log. A row's hash covers the row and the hash of the row before it, so no row can change or go unnoticed. */
export const eventsFile: FileKind = {
  name: 'events.db',
  applicationId: 0x534c6576,
  version: 1,
  synchronous: 'FULL',
  secureDelete: false,
  schema: `
    CREATE TABLE log (id TEXT NOT NULL) STRICT;
    CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE events (
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      stream_id INTEGER NOT NULL REFERENCES streams (id),
      revision INTEGER NOT NULL,
      event_id TEXT NOT NULL,
      type TEXT NOT NULL,
      v INTEGER NOT NULL,
      recorded_at TEXT NOT NULL,
      data TEXT NOT NULL,
      meta TEXT NOT NULL,
      hash TEXT NOT NULL,
      UNIQUE (stream_id, revision)
    ) STRICT;`,
};

export const recordsFile: FileKind = {
  name: 'records.db',
  applicationId: 0x534c7265,
  version: 1,
  synchronous: 'FULL',
  secureDelete: true,
  schema: `
    CREATE TABLE records (
      "table" TEXT NOT NULL,
      key TEXT NOT NULL,
      version INTEGER NOT NULL,
      sort TEXT,
      value TEXT NOT NULL,
      PRIMARY KEY ("table", key)
    ) STRICT;
    CREATE INDEX records_listed ON records ("table", sort, key) WHERE sort IS NOT NULL;`,
};

/** Documents lie in one table for each kind of a build of a view's version; `prepare` and `begin` make them. */
export const viewsFile: FileKind = {
  name: 'views.db',
  applicationId: 0x534c7669,
  version: 3,
  synchronous: 'NORMAL',
  secureDelete: true,
  schema: `
    CREATE TABLE log (id TEXT NOT NULL) STRICT;
    CREATE TABLE builds (
      view TEXT NOT NULL,
      version INTEGER NOT NULL,
      build INTEGER NOT NULL,
      kinds TEXT NOT NULL,
      live INTEGER NOT NULL,
      paused INTEGER NOT NULL,
      PRIMARY KEY (view, version, build)
    ) STRICT;
    CREATE UNIQUE INDEX builds_live ON builds (view, version) WHERE live = 1;
    CREATE TABLE checkpoints (
      view TEXT NOT NULL,
      version INTEGER NOT NULL,
      build INTEGER NOT NULL,
      position TEXT NOT NULL,
      seen INTEGER NOT NULL,
      applied INTEGER NOT NULL,
      count INTEGER NOT NULL,
      digest TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      updated_at TEXT NOT NULL,
      PRIMARY KEY (view, version, build)
    ) STRICT;
    CREATE TABLE parked (
      view TEXT NOT NULL,
      version INTEGER NOT NULL,
      build INTEGER NOT NULL,
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      event TEXT NOT NULL,
      error TEXT NOT NULL,
      since TEXT NOT NULL,
      waiting TEXT NOT NULL,
      PRIMARY KEY (view, version, build, kind, key)
    ) STRICT;`,
};
