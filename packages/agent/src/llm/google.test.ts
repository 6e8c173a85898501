import assert from 'node:assert/strict';
import { test } from 'node:test';
import { google } from './google.ts';
import { requestOf } from './fixtures/request.ts';

test('the generateContent wire is called with the key in a header, not in the address', async () => {
  const { url, headers } = await requestOf(google, { provider: 'google', key: 'k-1' });
  const host = 'https://generativelanguage.googleapis.com';
  assert.equal(url, `${host}/v1beta/models/m-1:generateContent`);
  assert.equal(headers['x-goog-api-key'], 'k-1');
});
