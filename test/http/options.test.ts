import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, options, readConfig } from '#lib/product/config/config.js';
import { newFolder } from '../support/sqlite.js';

describe('the days of grace', () => {
  const graceDays = (text: string) => readConfig({ SEATLEDGER_GRACE_DAYS: text }).graceDays;

  it('R74 are none unless they are set, and 9999 at most', () => {
    expect(readConfig({}).graceDays).toBe(0);
    expect([graceDays('0'), graceDays('30'), graceDays('9999')]).toEqual([0, 30, 9999]);
  });

  it.each(['10000', '-1', '1.5', '30d', ''])('are refused as "%s", naming the option', (text) => {
    expect(() => graceDays(text)).toThrow(ConfigError);
    expect(() => graceDays(text)).toThrow(
      `SEATLEDGER_GRACE_DAYS="${text}": must be a whole number of days from 0 to 9999.`,
    );
  });
});

describe('verifying views by turns', () => {
  const every = (text: string) => readConfig({ SEATLEDGER_VERIFY_EVERY: text }).verifyEveryMs;

  it('R89 is done once an hour unless it is set, and not at all if it is off', () => {
    expect(readConfig({}).verifyEveryMs).toBe(3_600_000);
    expect([every('1m'), every('1d'), every('off'), every('0')]).toEqual([60_000, 86_400_000, 0, 0]);
  });

  it.each(['59s', '1', 'never', ''])('is refused as "%s", naming the option', (text) => {
    expect(() => every(text)).toThrow(
      `SEATLEDGER_VERIFY_EVERY="${text}": must be off, or a duration of a minute or more such as 30m, 1h or 1d.`,
    );
  });
});

describe('leads', () => {
  it('R45 R46 expire after 14 days, and installations go on in the admin center, unless it is set otherwise', () => {
    const { leadAnswerWithinMs, installAddress } = readConfig({});
    expect([leadAnswerWithinMs, installAddress]).toEqual([
      14 * 86_400_000,
      'https://admin.powerplatform.microsoft.com',
    ]);
    expect(readConfig({ SEATLEDGER_LEAD_ANSWER_WITHIN: '2d' }).leadAnswerWithinMs).toBe(2 * 86_400_000);
    const own = 'https://install.example/?from=seatledger#environments';
    expect(readConfig({ SEATLEDGER_INSTALL_ADDRESS: own }).installAddress).toBe(own);
    for (const text of ['', 'http://install.example', 'install.example', 'https://', 'https://a b']) {
      expect(() => readConfig({ SEATLEDGER_INSTALL_ADDRESS: text })).toThrow('must be an https address.');
    }
  });
});

describe('trusted proxies', () => {
  const trusted = (text: string) => readConfig({ SEATLEDGER_TRUSTED_PROXIES: text }).trustedProxies;

  it('are none unless they are set: addresses and blocks of them', () => {
    expect(readConfig({}).trustedProxies).toEqual([]);
    expect(trusted('127.0.0.1,10.0.0.0/8,::1,fd00::/8')).toEqual(['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']);
  });

  it.each(['proxy', '10.0.0.0/33', '10.0.0.1 10.0.0.2', 'true', '*'])('are refused as "%s"', (text) => {
    expect(() => trusted(text)).toThrow('must be IP addresses or blocks such as 10.0.0.0/8');
  });
});

describe('the check of package URLs', () => {
  const checked = (environment: Record<string, string>) => readConfig(environment).checkPackageUrl;

  it('R35 is off in the embedded default, on in production, and can be switched both ways', () => {
    expect([checked({}), checked({ SEATLEDGER_MODE: 'production' })]).toEqual([false, true]);
    expect(checked({ SEATLEDGER_CHECK_PACKAGE_URL: 'on' })).toBe(true);
    expect(checked({ SEATLEDGER_MODE: 'production', SEATLEDGER_CHECK_PACKAGE_URL: 'off' })).toBe(false);
  });
});

describe('options in files', () => {
  const fileOf = (content: string) => {
    const file = join(newFolder(), 'value');
    writeFileSync(file, content);
    return file;
  };
  const key = `sl_0123456789abcdef_${'x'.repeat(43)}`;

  it('are read as if they stood in the environment, without a last line feed', () => {
    for (const end of ['', '\n', '\r\n']) {
      expect(readConfig({ SEATLEDGER_ADMIN_KEY_FILE: fileOf(`${key}${end}`) }).adminKey).toBe(key);
    }
    expect(() => readConfig({ SEATLEDGER_ADMIN_KEY_FILE: fileOf(`${key}\n\n`) })).toThrow(ConfigError);
    expect(readConfig({ PORT_FILE: fileOf('8080\n') }).port).toBe(8080);
    const { mode, goLiveAfterMs } = readConfig({ SEATLEDGER_MODE_FILE: fileOf('production') });
    expect([mode, goLiveAfterMs]).toEqual(['production', 4 * 3_600_000]);
  });

  it('are there for every option', () => {
    for (const { variable } of Object.values(options)) {
      expect(() => readConfig({ [`${variable}_FILE`]: '/none' })).toThrow(
        `${variable}_FILE="/none": the file cannot be read (ENOENT).`,
      );
    }
    expect(() => readConfig({ SEATLEDGER_NONE_FILE: '/none' })).toThrow(
      'SEATLEDGER_NONE_FILE: there is no such option.',
    );
  });

  it('are listed with all other faults: given twice, unreadable, or wrong, without what the file holds', () => {
    const [port, wrongKey] = [fileOf('8080'), fileOf('<secret>')];
    const environment = {
      PORT: '80',
      PORT_FILE: port,
      SEATLEDGER_GRACE_DAYS: 'x',
      SEATLEDGER_DATA_FILE: '/none',
      SEATLEDGER_ADMIN_KEY_FILE: wrongKey,
    };
    const refusal = (): unknown => {
      try {
        return readConfig(environment);
      } catch (error) {
        return error;
      }
    };
    expect(refusal()).toBeInstanceOf(ConfigError);
    expect(String(refusal()).replace('Error: ', '').split('\n')).toEqual([
      'SEATLEDGER_DATA_FILE="/none": the file cannot be read (ENOENT).',
      `PORT_FILE="${port}": PORT is given too; keep one of the two.`,
      'SEATLEDGER_GRACE_DAYS="x": must be a whole number of days from 0 to 9999.',
      `SEATLEDGER_ADMIN_KEY_FILE="${wrongKey}": must be sl_, 16 hexadecimal digits, _ and 43 characters of base64url.`,
    ]);
  });
});

describe('the addresses of stores', () => {
  const read = (environment: Record<string, string>) => () => readConfig(environment);

  it('are the data folder unless they are set', () => {
    expect(readConfig({})).toMatchObject({ events: null, views: null, namespace: 'sl_', leaseTermMs: 15_000 });
    const [events, views] = ['kurrentdb://a:2113?tls=false', 'mongodb://b,c,d/seatledger?replicaSet=rs0'];
    expect(readConfig({ SEATLEDGER_EVENTS: events, SEATLEDGER_VIEWS: views })).toMatchObject({ events, views });
    expect(readConfig({ SEATLEDGER_EVENTS: 'esdb+discover://a,b' })).toMatchObject({ events: 'esdb+discover://a,b' });
    expect(readConfig({ SEATLEDGER_VIEWS: 'mongodb+srv://a' })).toMatchObject({ views: 'mongodb+srv://a' });
  });

  it.each(['', 'postgres://secret', 'kurrentdb:a', 'embedded '])(
    'are refused as "%s", which is not repeated',
    (text) => {
      const expected = 'must be embedded, or an address that begins with';
      expect(read({ SEATLEDGER_EVENTS: text })).toThrow(`SEATLEDGER_EVENTS: ${expected} kurrentdb:// or esdb://.`);
      expect(read({ SEATLEDGER_VIEWS: text })).toThrow(`SEATLEDGER_VIEWS: ${expected} mongodb://.`);
    },
  );

  const production = (environment: Record<string, string>) => read({ SEATLEDGER_MODE: 'production', ...environment });

  it.each([
    ['SEATLEDGER_EVENTS', 'kurrentdb://u:p@db:2113?tls=false', 'must be encrypted'],
    ['SEATLEDGER_EVENTS', 'esdb://127.0.0.1,db:2113?TLSVerifyCert=false', 'must be encrypted'],
    ['SEATLEDGER_VIEWS', 'mongodb://u:p@db/seatledger', 'must be encrypted'],
    ['SEATLEDGER_VIEWS', 'mongodb://db/?tls=true&tlsAllowInvalidCertificates=true', 'must be encrypted'],
    ['SEATLEDGER_VIEWS', 'mongodb+srv://db/?tls=false', 'must be encrypted'],
    ['SEATLEDGER_VIEWS', 'mongodb://db/?tls=true&w=1', 'a majority'],
    ['SEATLEDGER_VIEWS', 'mongodb://127.0.0.1/?journal=false', 'a majority'],
  ])('are refused in production mode: %s=%s', (variable, text, why) => {
    expect(production({ [variable]: text })).toThrow(why);
    expect(production({ [variable]: text })).not.toThrow('u:p');
    expect(read({ [variable]: text })).not.toThrow();
  });

  it.each([
    ['SEATLEDGER_EVENTS', 'kurrentdb://db:2113'],
    ['SEATLEDGER_EVENTS', 'esdb://localhost:2113?tls=false'],
    ['SEATLEDGER_VIEWS', 'mongodb://u:p@a,b,c/seatledger?replicaSet=rs0&tls=true&w=majority'],
    ['SEATLEDGER_VIEWS', 'mongodb+srv://db/'],
    ['SEATLEDGER_VIEWS', 'mongodb://127.0.0.1:27017,[::1]:27018/?replicaSet=rs0'],
  ])('are taken in production mode: %s=%s', (variable, text) => {
    expect(production({ [variable]: text })).not.toThrow();
  });
});
