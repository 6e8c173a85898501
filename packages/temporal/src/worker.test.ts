import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedSteps } from './fixtures/scripted-steps.ts';
import { testKey } from './fixtures/engine-bench.ts';
import { startWorker } from './worker.ts';

test('a worker whose server cannot be reached does not start', async () => {
  const started = startWorker({
    address: '127.0.0.1:1',
    namespace: 'default',
    taskQueue: 'test',
    installation: 'test',
    key: testKey,
    steps: createScriptedSteps(),
    graceMs: 0,
    report: () => undefined,
  });
  await assert.rejects(started, /127\.0\.0\.1:1|[Cc]onnect/);
});
