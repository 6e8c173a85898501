import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pluginDirectoryOf } from './agent-connection.ts';

const root = mkdtempSync(join(tmpdir(), 'agent-connection-'));
after(() => rmSync(root, { recursive: true }));

test('the built program has its plugins beside it', () => {
  mkdirSync(join(root, 'dist', 'plugins'), { recursive: true });
  assert.equal(pluginDirectoryOf(join(root, 'dist')), join(root, 'dist', 'plugins'));
});

test('the sources use the plugins of the checkout', () => {
  const sources = join(root, 'packages', 'cli', 'src');
  assert.equal(pluginDirectoryOf(sources), join(root, 'plugins'));
});
