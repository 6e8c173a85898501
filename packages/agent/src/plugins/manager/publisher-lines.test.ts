import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions } from '@opencomputer/contracts';
import type { PluginConsent } from '@opencomputer/contracts/internal';
import { publisherAsks, publisherWarnings } from './publisher-lines.ts';

const by = (publisher?: string): PluginConsent => ({
  permissions: permissions.parse({}),
  secrets: {},
  at: 0,
  ...(publisher !== undefined && { publisher }),
});
const [one, two] = ['1'.repeat(64), '2'.repeat(64)];

test('another key, and none any more, is asked about; the same and a first one are not', () => {
  assert.deepEqual(publisherAsks(by(one), by(one)), []);
  assert.deepEqual(publisherAsks(by(), by(one)), []);
  assert.match(
    publisherAsks(by(one), by(two)).join(),
    /another key signed: 2{32}, before it was 1/,
  );
  assert.match(publisherAsks(by(one), by()).join(), /nobody signed; before, key 1/);
});

test('a key is told when it is seen first, and that an artifact has none', () => {
  const oci = { type: 'oci', reference: 'a.example/b', digest: 'sha256:1' } as const;
  const release = { version: '1.0.0', digest: '', source: oci };
  const told = (before: PluginConsent | undefined, after: PluginConsent): string =>
    publisherWarnings(before, { ...release, consent: after }).join();
  assert.match(told(undefined, by(one)), /key 1{32}, seen for the first time/);
  assert.match(told(by(), by(one)), /first time/);
  assert.equal(told(by(one), by(two)), '');
  assert.match(told(undefined, by()), /nobody has signed/);
  const folder = { ...release, source: { type: 'folder', path: '/a' } as const, consent: by() };
  assert.deepEqual(publisherWarnings(undefined, folder), []);
});
