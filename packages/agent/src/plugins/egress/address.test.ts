import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKind, isGrantable } from './address.ts';
import type { AddressKind } from './address.ts';

const kinds: Readonly<Record<AddressKind, readonly string[]>> = {
  public: [
    '93.184.216.34',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '192.0.1.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2001:4860:4860::8888',
    '::ffff:93.184.216.34',
    '64:ff9b::5db8:d822',
    '2002:5db8:d822::1',
    '2001:0:5db8:d822:0:0:a247:27dd', // Teredo, both halves public
  ],
  loopback: [
    '127.0.0.1',
    '127.255.255.255',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:5db8:d822:0:0:80ff:fffe', // the client of Teredo, with its bits turned
    '2606:4700::5efe:7f00:1', // ISATAP
    '2606:4700:0:0:200:5efe:127.0.0.1',
  ],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.127.255.255',
    'fd12::1',
    'fc00::1',
    'fec0::1',
    '64:ff9b:1::a00:1',
    '::ffff:a00:1',
    '2002:c0a8:101::1',
    '64:ff9b::10.0.0.1',
    '2001:0:a00:1:0:0:a247:27dd',
  ],
  'link-local': ['169.254.1.1', 'fe80::1', '::ffff:169.254.1.1'],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd20:ce::254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
  ],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', '::ffff:224.0.0.1'],
  documentation: ['192.0.2.1', '198.51.100.7', '203.0.113.9', '2001:db8::1', '3fff::1'],
  reserved: [
    '0.0.0.0',
    '0.1.2.3',
    '192.0.0.1',
    '192.88.99.1',
    '198.18.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::2',
    '::7f00:1', // IPv4-compatible, deprecated
    '2001:10::1',
    '5f00::1',
    '4000::1',
    '100::1',
    'fe80::1%eth0',
    'not an address',
    '',
    '1.2.3',
    '0x7f.0.0.1',
  ],
};

test('each address has the kind of the registry, also when another one carries it', () => {
  for (const [kind, addresses] of Object.entries(kinds))
    for (const address of addresses) assert.equal(addressKind(address), kind, address);
});

test('a grant opens what is near, never metadata, groups or what nobody knows', () => {
  const grantable = Object.keys(kinds).filter((kind) => isGrantable(kind as AddressKind));
  assert.deepEqual(grantable, ['loopback', 'private', 'link-local']);
});
