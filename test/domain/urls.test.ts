import { isHttpsUrl } from '#lib/domain/urls.js';

it.each([
  ['https://fabrikam.example/help', true],
  ['https://bücher.example/', true],
  ['https://例え.example/', true],
  ['http://fabrikam.example/', false],
  ['https://user@fabrikam.example/', false],
  ['https://fabrikam.example/a b', false],
  ['https://', false],
  ['help', false],
])('%s is an https address: %s, however often it is asked', (text, expected) => {
  for (let times = 0; times < 20_000; times += 1) {
    if (isHttpsUrl(text) !== expected) throw new Error(`Judged otherwise the ${times + 1}th time.`);
  }
});
