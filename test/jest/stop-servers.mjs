import stopDoubles from './stop-doubles.mjs';

export default async function stopServers() {
  stopDoubles();
  await Promise.all((globalThis.startedContainers ?? []).map((container) => container.stop()));
}
