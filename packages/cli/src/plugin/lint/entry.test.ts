import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { entry } from './entry.ts';
import { brief, subject } from './fixtures/subject.ts';

test('the program is there, and may be executed where the system does it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lint-entry-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.deepEqual(brief(entry, subject({}, folder)), ['entry-exists at entry']);
  writeFileSync(join(folder, 'handler.js'), '');
  assert.deepEqual(brief(entry, subject({}, folder)), []);
  const command = subject({ runtime: 'command', command: ['./run'] }, folder);
  assert.deepEqual(brief(entry, command), ['entry-exists at command.0']);
  writeFileSync(join(folder, 'run'), '');
  assert.deepEqual(brief(entry, command), ['entry-executable at command.0']);
  chmodSync(join(folder, 'run'), 0o755);
  assert.deepEqual(brief(entry, command), []);
  assert.deepEqual(brief(entry, subject({ runtime: 'mcp', command: ['npx', 'x'] }, folder)), []);
});
