import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, draft, workFolder } from './fixtures/author.ts';
import { pluginLint } from './lint-command.ts';

test('advice passes, a broken rule fails with its place, why, and how to repair it', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  rmSync(join(folder, 'README.md'));
  const advised = author(folder);
  assert.equal(await pluginLint(advised, [], {}), 0);
  assert.match(advised.output.text(), /about-readme.*\n.*0 errors, 1 warning\./);
  rmSync(join(folder, 'handler.sh'));
  const broken = author(folder);
  assert.equal(await pluginLint(broken, [], {}), 1);
  assert.match(broken.output.text(), /✗ .*manifest\.yaml:7: there is no file \.\/handler\.sh/);
  const json = author(folder);
  assert.equal(await pluginLint(json, [], { json: true }), 1);
  const found = JSON.parse(json.output.text()) as { rule: string; why: string }[];
  assert.deepEqual(
    found.map(({ rule }) => rule),
    ['about-readme', 'entry-exists'],
  );
  assert.ok(found.every(({ why }) => why.length > 0));
});
