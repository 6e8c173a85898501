import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions, resources } from './permissions.ts';

const isHost = (host: string): boolean => permissions.safeParse({ network: [host] }).success;

test('hosts may be exact, sub-domains, all, with a port, without TLS, or an address', () => {
  const good = ['a.org', '*.a.org', '*', 'a.org:8443', 'http://a.org', '[2001:db8::1]:443'];
  assert.deepEqual(good.filter(isHost), good);
});

test('what two parsers could read differently is no host', () => {
  const bad = ['a@b.org', 'a.org/path', 'a.org#b', 'a\\b', 'a b', '', 'https://a.org', 'a%2eorg'];
  assert.deepEqual(bad.filter(isHost), []);
});

test('files are the granted folders, or paths without a way up', () => {
  const isPath = (path: string): boolean => {
    return permissions.safeParse({ files: { write: [path] } }).success;
  };
  assert.ok(['folders', '~', '~/Music', '/srv/data'].every(isPath));
  assert.deepEqual(['../a', '~/../root', '/a/../b', 'a', '/', '', '~ada'].filter(isPath), []);
});

test('bounds have defaults, and a share of a core may be small', () => {
  const { memoryMb, cpuShare } = resources.parse({ cpuShare: 0.05 });
  assert.deepEqual([memoryMb, cpuShare], [256, 0.05]);
  assert.equal(resources.safeParse({ cpuShare: 0 }).success, false);
});
