import { ConfigError, readConfig } from '#lib/product/config/config.js';

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
