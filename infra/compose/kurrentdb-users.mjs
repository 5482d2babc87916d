/**
 * Gives KurrentDB the users that compose.yaml counts on: `seatledger`, who may read the whole log and write streams, and
 * `metrics`, who may nothing but look at statistics. Run again it changes nothing. Exit code 0: they are there.
 */
import { readFileSync } from 'node:fs';
import { KurrentDBClient } from '@kurrent/kurrentdb-client';

const address = process.env.KURRENTDB ?? 'kurrentdb:2113';
const secrets = process.env.SECRETS ?? '/run/secrets';
const tryForMs = 60_000;
const pauseMs = 500;

const secret = (name) => readFileSync(`${secrets}/${name}`, 'utf8').trim();
const admin = { username: 'admin', password: secret('kurrentdb-admin-password') };
const authorization = `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString('base64')}`;

async function addUser(loginName) {
  const password = secret(`kurrentdb-${loginName}-password`);
  const response = await fetch(`https://${address}/users/`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ loginName, fullName: loginName, password, groups: [] }),
  });
  await response.body?.cancel();
  // 409: it was there before.
  if (response.status !== 201 && response.status !== 409) throw new Error(`User ${loginName}: ${response.status}`);
}

/** Whoever follows the log reads `$all`, which by default is for administrators only; system streams remain so. */
async function letReadAll(loginName) {
  const client = KurrentDBClient.connectionString(`kurrentdb://${address}?tls=true&tlsCAFile=${secrets}/ca.pem`);
  try {
    const { metadata } = await client.getStreamMetadata('$all', { credentials: admin });
    if (metadata?.acl?.readRoles?.includes(loginName)) return;
    const acl = { readRoles: ['$admins', loginName] };
    await client.setStreamMetadata('$all', { ...metadata, acl }, { credentials: admin });
  } finally {
    await client.dispose();
  }
}

/** A node that has just been born answers before it knows its administrators. */
async function untilDone(work) {
  const giveUpAt = Date.now() + tryForMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

await untilDone(async () => {
  await addUser('seatledger');
  await addUser('metrics');
  await letReadAll('seatledger');
});
console.log('KurrentDB knows its users.');
