import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { harmless, smallWorld } from './fixtures/small-world.ts';
import { prepareGround } from './ground.ts';
import { makeRelease } from './release.ts';

test('a program becomes a release with the rights of its line, and no others', async (t) => {
  const world = smallWorld(t);
  const probe = harmless({ rights: 'host', language: 'node', program: 'console.log(1)' });
  const ground = await prepareGround(world, probe, 1);
  const { release, environment } = await makeRelease(probe, ground);
  assert.deepEqual(release.consent.permissions.network, ['*.example.com']);
  assert.deepEqual(release.consent.permissions.files, { read: [], write: [] });
  assert.deepEqual(release.consent.secrets, { api: ['api.example.com'] });
  const text = readFileSync(join(release.directory, release.manifest.entry), 'utf8');
  assert.match(text, /console\.log\(1\)/);
  assert.ok(readdirSync(environment['G_RELEASE'] ?? '').includes('main.py'));
  await ground.dispose();
});
