import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from './tools.ts';

const listed = (name: string, description: string, ...parameters: string[]): object => ({
  name,
  description,
  parameters: {
    type: 'dict',
    properties: Object.fromEntries(parameters.map((one) => [one, { type: 'string' }])),
    required: parameters,
  },
});

const asked = [
  [
    'Translate "good night" to Spanish',
    listed('convert_language', 'Translation of a text.', 'text'),
  ],
  ['Heat the oven to 200 degrees', listed('ovenHeat', 'Heats an oven.', 'temperature')],
] as const;

test('the right tools are found, beside plain search in the same run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-tools-'));
  try {
    await mkdir(join(folder, 'possible_answer'));
    const questions = asked.map(([content, one], id) => ({
      id,
      question: [[{ role: 'user', content }]],
      function: [one, listed(`other_${id}`, 'Something of the oven or of a language.')],
    }));
    const answers = [
      { id: 0, ground_truth: [{ convert_language: { text: ['good night'] } }] },
      { id: 1, ground_truth: [{ ovenHeat: { temperature: ['200'] } }] },
    ];
    const lines = (values: readonly object[]): string =>
      values.map((value) => JSON.stringify(value)).join('\n');
    await writeFile(join(folder, 'BFCL_v4_made_up.json'), lines(questions));
    await writeFile(join(folder, 'possible_answer', 'BFCL_v4_made_up.json'), lines(answers));
    const metrics = await run(['--bfcl', folder]);
    assert.deepEqual([metrics['tools.functions'], metrics['tools.queries']], [4, 2]);
    assert.deepEqual([metrics['tools.recall@1'], metrics['tools.mrr']], [100, 1]);
    assert.equal(metrics['tools.plain.recall@1'], 50);
    for (const name of ['us_per_query', 'index_ms', 'index_bytes', 'ratio.recall@5']) {
      assert.ok((metrics[`tools.${name}`] ?? -1) >= 0, name);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('absent data gives no metrics, a missing option an error', async () => {
  assert.deepEqual(await run(['--bfcl', '/nowhere']), {});
  await assert.rejects(run([]), /--bfcl/);
});
