import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { environment } from '../fixtures/surroundings.ts';
import { findPluginFolder, readPluginFolder } from './plugin-folder.ts';

const MANIFEST = `name: calendar
version: 0.1.0
framework_version: ^0.1.0
description: Keeps dates.
runtime: node
colour: blue
`;

function folder(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'plugin-folder-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'calendar'));
  writeFileSync(join(root, 'calendar', 'manifest.yaml'), MANIFEST);
  return root;
}

test('a plugin is found from outside, and by its name from inside', (t) => {
  const root = folder(t);
  const inside = join(root, 'calendar');
  assert.equal(findPluginFolder(root, 'calendar'), inside);
  assert.equal(findPluginFolder(root, inside), inside);
  assert.equal(findPluginFolder(inside, undefined), inside);
  assert.equal(findPluginFolder(inside, 'calendar'), inside);
});

test('another name, and a folder without a manifest, are no plugin', (t) => {
  const root = folder(t);
  assert.throws(() => findPluginFolder(root, undefined), { code: 'PLUGIN_UNKNOWN' });
  const inside = join(root, 'calendar');
  assert.throws(() => findPluginFolder(inside, 'other'), { code: 'PLUGIN_UNKNOWN' });
  assert.throws(() => findPluginFolder(inside, 'cal.*'), { code: 'PLUGIN_UNKNOWN' });
});

test('the manifest is read with its warnings and the line of each value', async (t) => {
  const root = folder(t);
  const facts = { environment: environment({ workingFolder: root }) };
  const { manifest, document, warnings } = await readPluginFolder(facts, 'calendar');
  assert.equal(manifest.description, 'Keeps dates.');
  assert.equal(document.lineOf(['description']), 4);
  assert.match(warnings.join(), /manifest\.yaml:6: unknown key "colour"/);
  writeFileSync(join(root, 'calendar', 'manifest.yaml'), MANIFEST.replace('runtime: node', ''));
  await assert.rejects(readPluginFolder(facts, 'calendar'), { code: 'PLUGIN_MANIFEST' });
});
