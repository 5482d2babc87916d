import { isPublicAddress } from '#lib/product/outgoing/public-address.js';

const verdicts = (addresses: readonly string[]) => addresses.map((address) => [address, isPublicAddress(address)]);
const all = (addresses: readonly string[], verdict: boolean) => addresses.map((address) => [address, verdict]);

it('hosts of the public Internet may be asked', () => {
  const addresses = ['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '2606:4700::1111', '2A00:1450::1'];
  expect(verdicts(addresses)).toEqual(all(addresses, true));
});

it.each([
  ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::1', 'fec0::1']],
  ['link-local, cloud metadata among it', ['169.254.0.1', '169.254.169.254', 'fe80::1', 'fe80::1%eth0']],
  ['of a provider', ['100.64.0.1', '100.127.255.255']],
  ['multicast and broadcast', ['224.0.0.1', '239.1.2.3', '255.255.255.255', 'ff02::1']],
  ['reserved', ['192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1', '192.88.99.1']],
  ['reserved in IPv6', ['100::1', '2001:db8::1', '3fff::1', '2001:20::1', '4000::1', '5f00::1']],
  ['IPv4 inside IPv6', ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::7f00:1', '64:ff9b::7f00:1', '64:ff9b:1::a00:1']],
  ['a tunnel to IPv4', ['2002:7f00:1::', '2001:0:4136:e378:8000:63bf:3fff:fdd2']],
  ['no address', ['', 'localhost', 'fabrikam.example', '8.8.8', '1.2.3.4.5', ':::']],
])('%s: may not be asked', (_name, addresses) => {
  expect(verdicts(addresses)).toEqual(all(addresses, false));
});
