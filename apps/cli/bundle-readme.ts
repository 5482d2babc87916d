/** What stands in a bundle for whoever opens it. */
export function bundleReadme(tenant: string, size: number, publicKey: string): string {
  return `Evidence of one tenant's history in Seatledger
==============================================

Tenant: ${tenant}
Head:   the first ${size} events of the installation's log
Key:    ${publicKey}

Files
-----
events.ndjson        Every event of every stream in which an event names the tenant: its ID stands in the stream's name, the
                     payload or the envelope. One a line, by stream and revision, as JSON in canonical form (RFC 8785).
proofs.ndjson        For each of those lines, which event of the log it is, and the hashes that lead to the head's root.
head.txt, key.txt    The signed head (https://c2sp.org/tlog-checkpoint), and the public key.
heads.txt            Heads that were signed earlier, if they were given, and
consistency.ndjson   the proofs that the history of each goes on, unchanged, in that of head.txt.
verify.mjs           Checks all of it. One file to be read, nothing but Node 20 or later needed:

    node verify.mjs <this folder> [<a heads file that you have kept yourself>]

What it proves
--------------
- Each event is, byte for byte, an event of the history that the signed head stands for, at its place in the log.
- Of each stream in it, no event before the last one shown is left out, and their order is that of the log.
- With a heads file of your own: the history of each of its heads is still there, with nothing changed, taken out or put
  in between, up to the head of this bundle. A head that you have kept binds whoever gave it to you; the key alone does not,
  since whoever runs the installation holds the private one.

What it does not prove
----------------------
- That no stream of the tenant is left out, or that no later event of a stream shown stands before the head. The export of
  the whole log, verified with the same file against a heads file, shows every event.
- That what was entered was true, or entered when it says: only that it was not changed after a head was signed over it.
  What was appended after the last head that you have kept can still be changed without contradicting it.
- Anything about the names of people. They are not in the log, so that they can be erased.
`;
}
