import { headsIn, keyIn, leafHash, rootOfInclusion } from '#verify';
import { Server } from './server.js';
import { RefusedError, type Surroundings } from './surroundings.js';

interface Proof {
  readonly leaf: string;
  readonly index: number;
  readonly path: readonly string[];
  readonly head: string;
}

/** Asks for the proof that an event is in the log, checks it here, and prints event and signed head. */
export async function prove(address: string, json: boolean, surroundings: Surroundings): Promise<void> {
  const { environment, signal, stdout } = surroundings;
  const [, stream, revision] = /^(.+)@(\d{1,15})$/.exec(address) ?? [];
  if (stream === undefined) throw new RefusedError(`${address} is no event: write <stream>@<revision>.`);
  const server = new Server(environment, signal);
  const { publicKey } = await server.ask<{ publicKey: string }>('GET', '/audit/head');
  const search = `stream=${encodeURIComponent(stream)}&revision=${revision}`;
  const proof = await server.ask<Proof>('GET', `/audit/inclusion?${search}`);
  const key = keyIn(publicKey);
  const [head] = key ? headsIn(proof.head, key).heads : [];
  const path = proof.path.map((hash) => Buffer.from(hash, 'base64'));
  const root = head && rootOfInclusion(leafHash(proof.leaf), proof.index, head.size, path);
  if (!head || !root?.equals(head.root)) throw new RefusedError('The proof that the server gave does not hold.');
  const told = [
    `${address} is event ${proof.index + 1} of the ${head.size} that this head stands for; its proof holds.`,
    proof.leaf,
    `Public key: ${publicKey}`,
    '',
    proof.head,
  ];
  stdout.write(json ? `${JSON.stringify({ ...proof, size: head.size, publicKey })}\n` : told.join('\n'));
}
