import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { base } from './base.mjs';
import startDoubles from './start-doubles.mjs';

/**
 * Once before all files: containers for the servers that no variable names, if Docker runs here, from the images that
 * production has; doubles for what is still missing.
 */
export default async function startServers() {
  const { TEST_KURRENTDB_URL: kurrentUrl, TEST_MONGODB_URL: mongoUrl } = process.env;
  if (!(kurrentUrl && mongoUrl) && (await isDockerHere())) {
    const { services } = parse(readFileSync(join(base.rootDir, 'infra/compose/compose.yaml'), 'utf8'), { merge: true });
    if (!kurrentUrl) process.env.TEST_KURRENTDB_URL = await startKurrent(services.kurrentdb.image);
    if (!mongoUrl) process.env.TEST_MONGODB_URL = await startMongo(services['mongodb-1'].image);
  }
  await startDoubles();
}

async function isDockerHere() {
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    await getContainerRuntimeClient();
    return true;
  } catch (error) {
    console.warn(`\nNO DOCKER here, so no server is started for the tests: ${error.message}`);
    return false;
  }
}

const started = (globalThis.startedContainers = []);

async function startKurrent(image) {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(image)
    .withEnvironment({
      KURRENTDB_INSECURE: 'true',
      KURRENTDB_RUN_PROJECTIONS: 'None',
      KURRENTDB_TELEMETRY_OPTOUT: 'true',
    })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .withStartupTimeout(120_000)
    .start();
  started.push(container);
  return `kurrentdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`;
}

async function startMongo(image) {
  const { MongoDBContainer } = await import('@testcontainers/mongodb');
  const container = await new MongoDBContainer(image).start();
  started.push(container);
  // Its only member is known to the set by a name that means something in the container alone.
  return `mongodb://${container.getHost()}:${container.getMappedPort(27017)}/?directConnection=true`;
}
