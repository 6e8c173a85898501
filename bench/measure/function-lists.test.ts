import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readFunctionLists } from './function-lists.ts';

const lines = (...values: unknown[]): string =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n');
const area = {
  name: 'shape.area',
  description: 'Area of a shape.',
  parameters: { type: 'dict', properties: { side: { type: 'float' } }, required: ['side'] },
};
const oven = { name: 'oven_heat', description: 'Heat an oven.', parameters: { type: 'dict' } };

test('functions are pooled, and the right ones are those of the question that its answer names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'function-lists-'));
  try {
    assert.equal(await readFunctionLists(join(folder, 'absent')), undefined);
    await mkdir(join(folder, 'possible_answer'));
    const longer = { ...oven, description: `${'Heat '.repeat(50)}more` };
    const system = { role: 'system', content: 'You are a cook.' };
    await writeFile(
      join(folder, 'BFCL_v4_one.json'),
      lines(
        {
          id: 'a',
          question: [[system, { role: 'user', content: 'Heat it' }]],
          function: [oven, area],
        },
        { id: 'b', question: [[{ role: 'user', content: 'Both' }]], function: [area, longer] },
        { id: 'c', question: [[{ role: 'user', content: 'No answer' }]], function: [area] },
        { id: 'd', question: [[{ role: 'user', content: 'No functions' }]] },
        'not JSON',
      ),
    );
    await writeFile(
      join(folder, 'possible_answer', 'BFCL_v4_one.json'),
      lines(
        { id: 'a', ground_truth: [{ oven_heat: { degrees: [200] } }] },
        {
          id: 'b',
          ground_truth: [{ oven_heat: {} }, { 'shape.area': { side: [2] } }, { absent: {} }],
        },
        { id: 'd', ground_truth: [['call()']] },
      ),
    );
    await writeFile(join(folder, 'other.json'), lines({ id: 'x', function: [oven] }));
    const lists = await readFunctionLists(folder);
    assert.deepEqual(
      lists?.functions.map(({ name }) => name),
      ['oven_heat', 'shape.area', 'oven_heat'],
    );
    assert.deepEqual(lists.questions, [
      { text: 'Heat it', right: new Set([0]) },
      { text: 'Both', right: new Set([1, 2]) },
    ]);
    assert.equal(lists.linesSkipped, 2);
  } finally {
    await rm(folder, { recursive: true });
  }
});
