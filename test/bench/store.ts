import { randomUUID } from 'node:crypto';
import { bareKurrent, bareLibsql, type Bare } from './bare-stores.js';
import { onNewInstallation, type Addresses, type Installation } from './installation.js';
import { median } from './load.js';
import { rateOf } from './rate.js';
import type { Row } from './report.js';
import { data, meta, type } from './stored.js';

const [rounds, callers, streams] = [5, 64, 2_000];

/** Appends by callers that each have streams of their own, and take them in turns. */
function appendRate(append: Bare['append']): Promise<number> {
  const revisions = new Int32Array(streams).fill(-1);
  return rateOf(callers, async (caller, n) => {
    const stream = (caller + callers * ((n * 7) % Math.floor(streams / callers))) % streams;
    const revision = revisions[stream] ?? -1;
    await append(stream, revision);
    revisions[stream] = revision + 1;
  });
}

async function ours(installation: Installation): Promise<number> {
  const { events, close } = await installation.open();
  try {
    return await appendRate(async (stream, revision) => {
      const event = { id: randomUUID(), type, data, meta };
      const result = await events.append(`deal-${stream}`, revision < 0 ? 'none' : revision, [event]);
      if (!result.ok) throw new Error(`Unexpected conflict at ${result.actual}.`);
    });
  } finally {
    await close();
  }
}

async function bare({ config }: Installation): Promise<number> {
  const { append, close } = await (config.events === null ? bareLibsql(config.data) : bareKurrent(config));
  try {
    return await appendRate(append);
  } finally {
    await close();
  }
}

/** The event store alone beside what it stands on with the same durability, in alternating rounds. */
export async function benchStore(addresses: Addresses): Promise<readonly Row[]> {
  const results: { readonly ours: number; readonly bare: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push({ ours: await onNewInstallation(addresses, ours), bare: await onNewInstallation(addresses, bare) });
  }
  return [
    {
      name: `Store alone: durable appends of 400 bytes, ${callers} callers`,
      unit: 'appends/s',
      rate: median(results.map((result) => result.ours)),
      bareName:
        addresses.events === null
          ? 'libsql alone in a worker, same durability and group commit'
          : 'the official client alone, one connection',
      bare: median(results.map((result) => result.bare)),
      ratio: median(results.map((result) => result.ours / result.bare)),
      goal: addresses.events === null ? 0.7 : null,
      note: `${streams} streams${addresses.events === null ? ', hash chain and heads included' : ''}`,
    },
  ];
}
