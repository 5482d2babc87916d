import { Int32, type Document } from 'bson';
import { maxDocumentBytes, maxMessageBytes } from './wire.js';

/** Releases of the server whose place the double can take: they differ in what they say of themselves. */
const releases = { '4.2': 8, '4.4': 9, '5.0': 13, '6.0': 17, '7.0': 21 } as const;
export type Release = keyof typeof releases;

export const setName = 'double';

export interface Profile {
  readonly release: Release;
  /** Not a member of a replica set, so that there are no transactions. */
  readonly isStandalone: boolean;
}

/** What a server says of itself when somebody connects, and again and again to whoever watches it. */
export function hello({ release, isStandalone }: Profile, address: string, isPrimary: boolean, now: Date): Document {
  return {
    helloOk: true,
    isWritablePrimary: isPrimary,
    ismaster: isPrimary,
    ...(isStandalone ? {} : member(address, isPrimary)),
    maxBsonObjectSize: new Int32(maxDocumentBytes),
    maxMessageSizeBytes: new Int32(maxMessageBytes),
    maxWriteBatchSize: new Int32(100_000),
    localTime: now,
    logicalSessionTimeoutMinutes: new Int32(30),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(releases[release]),
    readOnly: false,
  };
}

function member(address: string, isPrimary: boolean): Document {
  return {
    setName,
    setVersion: new Int32(1),
    secondary: !isPrimary,
    hosts: [address],
    me: address,
    ...(isPrimary ? { primary: address } : {}),
  };
}

export function buildInfo({ release }: Profile): Document {
  return {
    version: `${release}.0`,
    versionArray: [...release.split('.').map((part) => new Int32(Number(part))), new Int32(0), new Int32(0)],
    maxBsonObjectSize: new Int32(maxDocumentBytes),
  };
}
