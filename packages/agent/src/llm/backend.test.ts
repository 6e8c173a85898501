import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropic } from './anthropic.ts';
import { noKey } from './backend.ts';
import { google } from './google.ts';
import { openai } from './openai.ts';
import { requestOf } from './fixtures/request.ts';

test("a target without a key never gets one from the process's environment", async () => {
  const names = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = 'from-the-environment';
  try {
    for (const [provider, backend] of Object.entries({ openai, anthropic, google })) {
      const target = { provider: provider as 'openai', baseUrl: 'http://h/v1' };
      const { headers } = await requestOf(backend, target);
      assert.doesNotMatch(JSON.stringify(headers), /from-the-environment/);
      assert.ok(Object.values(headers).some((value) => value.endsWith(noKey)));
    }
  } finally {
    for (const [index, name] of names.entries()) {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    }
  }
});
