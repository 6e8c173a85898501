// Owns what kind of network an address belongs to, by the IANA special-purpose registries and by
// the addresses that other addresses carry. Refuses to call public what it does not know.

import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Where an address leads; only `public` may be reached without a grant of the operator. */
export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata'
  | 'multicast'
  | 'documentation'
  | 'reserved';

/** Special addresses; the first kind that has an address counts (RFC 6890 and its registries). */
const RANGES: readonly (readonly [AddressKind, readonly string[]])[] = [
  [
    'metadata',
    [
      '169.254.169.254/32', // AWS, Azure, Google, OpenStack and others
      '169.254.169.123/32',
      '169.254.170.0/24', // AWS containers: credentials of a task or pod
      '100.100.100.200/32', // Alibaba
      '168.63.129.16/32', // Azure, in a range that is public otherwise
      '192.0.0.192/32', // Oracle
      'fd00:ec2::/32', // AWS
      'fd20:ce::254/128', // Google
    ],
  ],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  [
    'private',
    [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '100.64.0.0/10', // behind a provider's address translation, RFC 6598
      'fc00::/7',
      'fec0::/10', // site-local, deprecated
      '64:ff9b:1::/48', // translation inside a network, RFC 8215
    ],
  ],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  [
    'documentation',
    ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  ],
  [
    'reserved',
    [
      '0.0.0.0/8',
      '192.0.0.0/24',
      '192.88.99.0/24', // relays of 6to4, deprecated
      '198.18.0.0/15', // benchmarks
      '240.0.0.0/4', // and broadcast
      '::/3', // all outside 2000::/3 that is not carried or named above
      '4000::/2',
      '8000::/1',
      '2001::/23', // protocol assignments; Teredo is judged before
    ],
  ],
];

type Family = 'ipv4' | 'ipv6';

/** A list for each family: a list of both takes an IPv4 address for its mapped IPv6 form. */
const LISTS: readonly (readonly [AddressKind, Family, BlockList])[] = RANGES.flatMap(
  ([kind, subnets]) =>
    (['ipv4', 'ipv6'] as const).map((family) => {
      const list = new BlockList();
      for (const subnet of subnets) {
        const [network = '', bits] = subnet.split('/');
        if (isIPv4(network) === (family === 'ipv4')) list.addSubnet(network, Number(bits), family);
      }
      return [kind, family, list] as const;
    }),
);

/** Kinds that an operator may open one by one; the others lead nowhere good. */
const GRANTABLE: readonly AddressKind[] = ['loopback', 'private', 'link-local'];

/** True when a grant of the operator can open such an address. */
export function isGrantable(kind: AddressKind): boolean {
  return GRANTABLE.includes(kind);
}

/** The kind of an IPv4 or IPv6 address; what is no address is `reserved`. */
export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) return listedKind(address, 'ipv4') ?? 'public';
  if (!isIPv6(address) || address.includes('%')) return 'reserved';
  const { carried, isCarrier } = carriedAddresses(groupsOf(address));
  const kinds = carried.map((each) => listedKind(each, 'ipv4') ?? 'public');
  const inner = kinds.find((kind) => kind !== 'public');
  if (inner !== undefined) return inner;
  return isCarrier ? 'public' : (listedKind(address, 'ipv6') ?? 'public');
}

function listedKind(address: string, family: Family): AddressKind | undefined {
  return LISTS.find(([, of, list]) => of === family && list.check(address, family))?.[0];
}

/** IPv4 addresses that the groups carry; `isCarrier` when the prefix says nothing of its own. */
function carriedAddresses(groups: readonly number[]): { carried: string[]; isCarrier: boolean } {
  const v4 = (at: number, mask = 0): string => {
    const high = (groups[at] ?? 0) ^ mask;
    const low = (groups[at + 1] ?? 0) ^ mask;
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  };
  const starts = (...prefix: number[]): boolean =>
    prefix.every((group, index) => groups[index] === group);
  const isMapped = starts(0, 0, 0, 0, 0, 0xffff);
  const isTranslated = starts(0, 0, 0, 0, 0xffff, 0); // RFC 2765
  const isNat64 = starts(0x64, 0xff9b, 0, 0, 0, 0); // RFC 6052
  if (isMapped || isTranslated || isNat64) return { carried: [v4(6)], isCarrier: true };
  if (starts(0x2002)) return { carried: [v4(1)], isCarrier: true }; // 6to4
  // Teredo: the server in the open, the client with its bits turned
  if (starts(0x2001, 0)) return { carried: [v4(2), v4(6, 0xffff)], isCarrier: true };
  const isIsatap = ((groups[4] ?? 0) & 0xfdff) === 0 && groups[5] === 0x5efe;
  return { carried: isIsatap ? [v4(6)] : [], isCarrier: false };
}

function groupsOf(address: string): number[] {
  // the URL parser writes every IPv6 address in hexadecimal groups with at most one `::`
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const numbers = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const first = numbers(head);
  const last = numbers(tail ?? '');
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
