import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from './intents.ts';

const verbs = ['set', 'start', 'make', 'please set', 'can you set'];
const things = ['an alarm', 'a timer', 'a clock', 'an alert'];
const pairs = [
  ...verbs.flatMap((verb) => things.map((thing) => [`${verb} ${thing}`, 'alarm'])),
  ...verbs.flatMap((verb) => things.map((thing) => [`${verb} off ${thing} now`, 'off'])),
  ...['who is the king', 'my knee hurts', 'what is love', 'tell me a joke'].map((text) => [
    text,
    'oos',
  ]),
];

test('the metrics have their names and are percentages, seconds and microseconds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-intents-'));
  try {
    const [train, other] = [join(folder, 'train.json'), join(folder, 'test.json')];
    await writeFile(train, JSON.stringify(pairs));
    await writeFile(other, JSON.stringify([...pairs, ['where is my mind', 'oos']]));
    const metrics = await run(['--train', train, '--test', other]);
    assert.ok((metrics['intents.in_scope_accuracy'] ?? 0) > 90);
    assert.ok((metrics['intents.oos_recall'] ?? 0) > 50);
    assert.ok((metrics['intents.train_s'] ?? 0) > 0);
    assert.ok((metrics['intents.us_per_utterance'] ?? 0) > 0);
    await writeFile(other, '{"not": "a list"}');
    await assert.rejects(run(['--train', train, '--test', other]), /pairs/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('absent data gives no metrics, a missing option an error', async () => {
  assert.deepEqual(await run(['--train', '/nowhere/a.json', '--test', '/nowhere/b.json']), {});
  await assert.rejects(run([]), /--train/);
});
