import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment } from '../fixtures/surroundings.ts';
import { readPluginFolder } from './plugin-folder.ts';
import { readSamples } from './samples.ts';

const template = join(import.meta.dirname, 'templates', 'python');

test('calls are read with how they end; a wrong one is told with its line', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'samples-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const manifest = readFileSync(join(template, 'manifest.yaml'), 'utf8');
  writeFileSync(join(folder, 'manifest.yaml'), manifest);
  const plugin = await readPluginFolder(
    { environment: environment({ workingFolder: folder }) },
    undefined,
  );
  assert.deepEqual(await readSamples(plugin), []);
  const file = join(folder, 'conformance.yaml');
  const written = readFileSync(join(template, 'conformance.yaml'), 'utf8');
  writeFileSync(file, written);
  const tool = 'sample_plugin_greet';
  assert.deepEqual(await readSamples(plugin), [
    { tool, arguments: { name: 'Ada' }, status: 'done' },
    { tool, arguments: { name: '!' }, status: 'refused' },
  ]);
  const wrong: Record<string, RegExp> = {
    'samples: 1': /conformance\.yaml:1: samples: a list/,
    'samples:\n  - tool: other': /conformance\.yaml:2: tool: one of sample_plugin_greet/,
    [written.replace('refused', 'gone')]: /conformance\.yaml:7: status: done or refused/,
    [written.replace('{ name: Ada }', '[]')]: /conformance\.yaml:4: arguments: an object/,
  };
  for (const [text, expected] of Object.entries(wrong)) {
    writeFileSync(file, text);
    await assert.rejects(readSamples(plugin), expected);
  }
});
