import { ConfigError, readConfig } from '../../apps/server/config/config.js';

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

describe('the check of package URLs', () => {
  const checked = (environment: Record<string, string>) => readConfig(environment).checkPackageUrl;

  it('R35 is off in the embedded default, on in production, and can be switched both ways', () => {
    expect([checked({}), checked({ SEATLEDGER_MODE: 'production' })]).toEqual([false, true]);
    expect(checked({ SEATLEDGER_CHECK_PACKAGE_URL: 'on' })).toBe(true);
    expect(checked({ SEATLEDGER_MODE: 'production', SEATLEDGER_CHECK_PACKAGE_URL: 'off' })).toBe(false);
  });
});
