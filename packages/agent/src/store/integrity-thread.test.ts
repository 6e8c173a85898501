import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

test('the thread answers once and ends, whatever it finds', async (t) => {
  const path = join(temporaryFolder(t), 'text.sqlite');
  writeFileSync(path, 'words, and no pages\n'.repeat(500));
  const worker = new Worker(new URL('./integrity-thread.ts', import.meta.url), {
    workerData: path,
  });
  const answers = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  const [[{ problems }], [code]] = answers as [[{ problems: string[] }], [number]];
  assert.deepEqual([problems.length, code], [1, 0]);
  assert.match(problems[0] ?? '', /not a database/);
});
