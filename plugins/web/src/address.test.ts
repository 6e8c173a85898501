import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from './address.ts';

test('addresses of the public internet are public', () => {
  for (const address of [
    '8.8.8.8',
    '1.1.1.1',
    '93.184.216.34',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ]) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

test('this machine, networks around it, metadata services and disguises are not', () => {
  const addresses = (
    '127.0.0.1 127.255.0.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 ' +
    '100.64.0.1 100.100.100.200 168.63.129.16 224.0.0.1 255.255.255.255 198.18.0.1 192.0.2.1 ' +
    ':: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12:3456::1 ff02::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ' +
    '64:ff9b::7f00:1 2002:7f00:1:: 2001::1 2001:db8::1 localhost 127.1 0x7f.0.0.1 2130706433 [::1]'
  ).split(' ');
  for (const address of addresses) assert.equal(isPublicAddress(address), false, address);
});
