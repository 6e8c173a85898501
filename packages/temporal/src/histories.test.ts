import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { createDataConverter } from './data-converter.ts';
import { testKey } from './fixtures/engine-bench.ts';
import { historyFromText } from './fixtures/history-text.ts';
import { scenarios } from './fixtures/scenarios.ts';
import { bundleWorkflows } from './workflow-bundle.ts';

const folder = join(import.meta.dirname, '..', 'histories');
const files = globSync('*/*.json', { cwd: folder }).toSorted();
let bundle: WorkflowBundle;

before(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bundle = await bundleWorkflows();
});

async function replay(text: string): Promise<void> {
  const dataConverter = createDataConverter(testKey);
  const options = { workflowBundle: bundle, dataConverter };
  await Worker.runReplayHistory(options, historyFromText(text), 'replayed');
}

test('each release has a history of each scenario of its time', () => {
  for (const name of Object.keys(scenarios)) {
    assert.ok(files.includes(join('0.1.0', `${name}.json`)), name);
  }
});

for (const file of files) {
  test(`a turn that began under an earlier release goes on under this code: ${file}`, async () => {
    await replay(readFileSync(join(folder, file), 'utf8'));
  });
}

test('a history that this code would not write is not taken', async () => {
  const text = readFileSync(join(folder, '0.1.0', 'two-tools.json'), 'utf8');
  await assert.rejects(replay(text.replaceAll('"callModel"', '"callNobody"')), /[Nn]ondetermin/);
});
