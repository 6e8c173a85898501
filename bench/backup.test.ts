import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './backup.ts';

test('a small store is backed up under load, restored and equal row by row', async () => {
  const metrics = await run(['--gigabytes', '0.01']);
  assert.equal(metrics['backup.rows_different'], 0);
  assert.ok((metrics['backup.rows_compared'] ?? 0) >= 625);
  assert.ok((metrics['backup.rows_written_during'] ?? 0) > 0);
  for (const name of ['backup.create_s_per_gb', 'backup.restore_s_per_gb']) {
    assert.ok((metrics[name] ?? 0) > 0, name);
  }
});
