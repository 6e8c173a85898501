// Owns which network addresses are on the public internet. Refuses every other one: this machine, the
// network around it, and the addresses at which clouds give out secrets.

import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IANA special-purpose registries (RFC 6890 and its updates), multicast and unassigned space. */
const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Of IPv6 only 2000::/3 is in public use; these parts of it are not. */
const PRIVATE_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Clouds that give out secrets at a public-looking address. */
const METADATA_V4: readonly string[] = ['168.63.129.16', '100.100.100.200'];

const blockedV4 = new BlockList();
for (const [network, prefix] of PRIVATE_V4) blockedV4.addSubnet(network, prefix, 'ipv4');
for (const address of METADATA_V4) blockedV4.addAddress(address, 'ipv4');
const blockedV6 = new BlockList();
for (const [network, prefix] of PRIVATE_V6) blockedV6.addSubnet(network, prefix, 'ipv6');
const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');

/** True for an address of the public internet; false for every text that is no address. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !blockedV4.check(address, 'ipv4');
  if (!isIPv6(address) || address.includes('%')) return false;
  return publicV6.check(address, 'ipv6') && !blockedV6.check(address, 'ipv6');
}
