import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundleWorkflows } from './workflow-bundle.ts';

test('the bundle is kept, used again, and replaces the one of other sources', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'oc-bundle-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const old = `workflows-${'0'.repeat(64)}.js`;
  writeFileSync(join(folder, old), 'old');
  writeFileSync(join(folder, 'intents-1'), 'of somebody else');
  const made = await bundleWorkflows(folder);
  assert.ok('code' in made && made.code.includes('isWaiting'));
  const names = readdirSync(folder);
  assert.equal(names.length, 2);
  assert.ok(names.includes('intents-1') && !names.includes(old));
  const file = names.find((name) => name.startsWith('workflows-')) ?? assert.fail();
  writeFileSync(join(folder, file), 'the kept one');
  assert.deepEqual(await bundleWorkflows(folder), { code: 'the kept one' });
});
