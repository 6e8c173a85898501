import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, draft, workFolder } from './fixtures/author.ts';
import { pluginTest } from './test-command.ts';

test('a plugin passes the suite and its own tests; one whose tests fail does not', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  const passing = author(folder);
  assert.equal(await pluginTest(passing, [], {}), 0, passing.output.text());
  assert.match(passing.output.text(), /✓ its own tests.*\n6 passed, 0 failed\.\n$/);
  appendFileSync(join(folder, 'handler.test.sh'), '\nexpect "a promise" kept broken\n');
  const failing = author(folder);
  assert.equal(await pluginTest(failing, [], { json: true }), 1);
  const results = JSON.parse(failing.output.text()) as { status: string; problem?: string }[];
  assert.deepEqual(results.map(({ status }) => status).slice(-2), ['passed', 'failed']);
  assert.match(results.at(-1)?.problem ?? '', /not ok: a promise/);
});
