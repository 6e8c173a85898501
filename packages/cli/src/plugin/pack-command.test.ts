import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, draft, workFolder } from './fixtures/author.ts';
import { pluginPack } from './pack-command.ts';

test('a plugin is packed beside its folder, the same bytes each time', async (t) => {
  const folder = workFolder(t);
  const plugin = join(folder, 'calendar');
  mkdirSync(plugin);
  draft(plugin, 'shell');
  const context = author(plugin);
  assert.equal(await pluginPack(context, [], {}), 0, context.error.text());
  const made = join(folder, 'calendar-0.1.0.tar.gz');
  assert.ok(existsSync(made), context.output.text());
  const first = readFileSync(made);
  renameSync(made, `${made}.first`);
  const outside = author(folder);
  assert.equal(await pluginPack(outside, ['calendar'], { json: true }), 0);
  assert.deepEqual(readFileSync(made), first);
  const { file, tree } = JSON.parse(outside.output.text()) as Record<string, string>;
  assert.equal(file, made);
  assert.match(tree ?? '', /^[0-9a-f]{64}$/);
});

test('an archive in the plugin itself is refused', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  const packed = pluginPack(author(folder), [], { output: 'a.tar.gz' });
  await assert.rejects(packed, { code: 'OPTION_INVALID' });
  assert.ok(!existsSync(join(folder, 'a.tar.gz')));
});
