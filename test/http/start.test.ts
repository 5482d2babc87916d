import { AddressError } from '#lib/product/http/listen.js';
import { readConfig } from '#lib/product/config/config.js';
import { settingsOf } from '#lib/product/settings.js';
import { startServer } from '../../apps/server/server.js';
import { fromSource } from '../support/from-source.js';
import { startMs } from '../support/product.js';
import { send } from '../support/http.js';
import { newFolder } from '../support/sqlite.js';

const start = (data: string, port: string) =>
  startServer(readConfig({ SEATLEDGER_DATA: data, PORT: port, SEATLEDGER_LOG_LEVEL: 'fatal' }), {
    execArgv: fromSource,
  });

it(
  'with PORT=0 problems and invitation links point to the port that was taken, or where the configuration says',
  async () => {
    const typeAt = async (address: string) => (await send('GET', `${address}/v1/keys`)).body.type;
    const server = await start(newFolder(), '0');
    expect(await typeAt(server.address)).toBe(`${server.address}/problems/UNAUTHENTICATED`);
    expect((await fetch(await typeAt(server.address))).status).toBe(200);
    await server.close();
    const config = readConfig({ PORT: '0' });
    expect(settingsOf(config, 'secret', () => server.address).consoleBase).toBe(server.address);
    const named = readConfig({ PORT: '0', SEATLEDGER_PUBLIC_BASE: 'https://seatledger.example' });
    expect(settingsOf(named, 'secret').consoleBase).toBe('https://seatledger.example');
  },
  startMs,
);

describe('a start that fails', () => {
  it(
    'because the port is in use says so, leaves nothing running, and keeps the first key for the next start',
    async () => {
      const first = await start(newFolder(), '0');
      const { port } = new URL(first.address);
      const folder = newFolder();
      const refusal = await start(folder, port).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(AddressError);
      expect(String(refusal)).toContain(`Port ${port} of 127.0.0.1 is in use. Stop what uses it, or set PORT`);
      await first.close();

      // The folder is free again, and nobody has been told its key yet.
      const second = await start(folder, port);
      expect(second.firstKey).toMatch(/^sl_/);
      await second.close();
    },
    3 * startMs,
  );

  it(
    'because its host is not of this machine says so',
    async () => {
      const config = readConfig({ SEATLEDGER_DATA: newFolder(), PORT: '0', HOST: '192.0.2.1' });
      await expect(startServer(config, { execArgv: fromSource })).rejects.toThrow(/^Port 0 of 192\.0\.2\.1 is not of/);
    },
    startMs,
  );
});
