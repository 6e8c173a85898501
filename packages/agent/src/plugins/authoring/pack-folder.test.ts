import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packFolder } from './pack-folder.ts';

test('a folder is packed without what belongs to version control, and nothing is left', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pack-folder-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [plugin, temporary] = [join(folder, 'plugin'), join(folder, 'temporary')];
  mkdirSync(join(plugin, '.git'), { recursive: true });
  mkdirSync(temporary);
  writeFileSync(join(plugin, '.git', 'config'), '');
  writeFileSync(join(plugin, 'manifest.yaml'), 'name: calendar');
  const { signal } = new AbortController();
  const { tree } = await packFolder(plugin, { temporary, signal });
  assert.deepEqual(
    tree.entries.map(({ path }) => path),
    ['manifest.yaml'],
  );
  assert.deepEqual(readdirSync(temporary), []);
  await assert.rejects(packFolder(join(folder, 'none'), { temporary, signal }));
});
