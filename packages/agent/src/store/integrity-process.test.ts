import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

test('the process answers one line and ends, whatever it finds', (t) => {
  const path = join(temporaryFolder(t), 'text.sqlite');
  writeFileSync(path, 'words, and no pages\n'.repeat(500));
  const program = fileURLToPath(new URL('./integrity-process.ts', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program, path], { encoding: 'utf8' });
  const { problems } = JSON.parse(stdout) as { problems: readonly string[] };
  assert.deepEqual([problems.length, status], [1, 0]);
  assert.match(problems[0] ?? '', /not a database/);
});
