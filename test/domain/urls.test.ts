import { isHttpsUrl, signatureExpiry } from '#lib/domain/urls.js';

it.each([
  ['https://fabrikam.example/help', true],
  ['https://bücher.example/', true],
  ['https://例え.example/', true],
  ['http://fabrikam.example/', false],
  ['view-source:https://fabrikam.example/', false],
  ['https://user@fabrikam.example/', false],
  ['https://:word@fabrikam.example/', false],
  ['https://fabrikam.example/a b', false],
  ['https://', false],
  ['https://[', false],
  ['help', false],
])('%s is an https address: %s, however often it is asked', (text, expected) => {
  for (let times = 0; times < 20_000; times += 1) {
    if (isHttpsUrl(text) !== expected) throw new Error(`Judged otherwise the ${times + 1}th time.`);
  }
});

describe('R15 when a signature ends', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T12:00Z', '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.1234567Z', '2026-03-01T12:00:00.123Z'],
    ['2026-03-01T12:00:00+01:00', '2026-03-01T11:00:00.000Z'],
  ])('%s', (se, at) => {
    expect(signatureExpiry(`https://fabrikam.example/f365.zip?sv=1&se=${encodeURIComponent(se)}`)).toEqual({ at });
  });

  it('is never without an expiry', () => {
    expect(signatureExpiry('https://fabrikam.example/f365.zip?sv=1')).toEqual({ at: null });
  });

  it.each(['', '2026', '2026-02-30T25:00Z', '2026-13-01', 'March 1, 2026', '2026-03-01T12:00', '2026-03-01T12:00Zx'])(
    'cannot be told from "%s"',
    (se) => {
      expect(signatureExpiry(`https://fabrikam.example/f365.zip?se=${encodeURIComponent(se)}`)).toBe('malformed');
    },
  );
});
