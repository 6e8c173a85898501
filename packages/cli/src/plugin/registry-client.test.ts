import assert from 'node:assert/strict';
import { test } from 'node:test';
import { author, workFolder } from './fixtures/author.ts';
import { registryClient } from './registry-client.ts';

test('plain HTTP beyond this machine is refused', async (t) => {
  const { fetch } = await registryClient(author(workFolder(t)));
  const { signal } = new AbortController();
  const asked = fetch({ url: 'http://registry.example/v2/', signal });
  await assert.rejects(asked, { code: 'PLUGIN_SOURCE' });
});
