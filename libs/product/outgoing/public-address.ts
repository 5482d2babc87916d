import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where IPv6 addresses of the public Internet come from; of other blocks some lead to IPv4 addresses of any kind. */
const publicIpv6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address is one host of the public Internet: not private, loopback, link-local, multicast, reserved for
 * documentation or anything else, and no IPv6 address that stands for an IPv4 one. False for what is no IP address.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv6 && !address.match(publicIpv6)) return false;
  return address.range() === 'unicast';
}
