import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startGuardedServer } from '../packages/agent/src/plugins/access/fixtures/guarded-server.ts';
import { sample } from './conformance-client.ts';

test('each required parameter has a value of its type, and no other has one', () => {
  const properties = {
    name: { type: 'string' },
    count: { type: 'integer' },
    open: { type: 'boolean' },
    rest: { type: 'string' },
  };
  const given = sample({ type: 'object', properties, required: ['name', 'count', 'open'] });
  assert.deepEqual(given, { name: 'a', count: 1, open: true });
  assert.deepEqual(sample({ type: 'object' }), {});
});

test('the client logs in, lists and calls every tool, with more rights where one asks for them', async (t) => {
  const server = await startGuardedServer(t);
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'conformance-client.ts'), server.url],
    {
      env: { ...process.env, MCP_CONFORMANCE_SCENARIO: 'auth/any' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [printed, problems, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  assert.equal(code, 0, problems);
  assert.match(printed, /^read .*done/m);
  assert.match(printed, /^write .*done/m);
  assert.deepEqual(server.scopes, ['read', 'read write']);
});
