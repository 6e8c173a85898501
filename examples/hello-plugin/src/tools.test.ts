import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { manifest } from '@opencomputer/contracts';
import { runHandler } from '@opencomputer/plugin';
import { toolConformance } from '@opencomputer/testkit';
import { parse } from 'yaml';
import { tools } from './tools.ts';

const text = await readFile(new URL('../manifest.yaml', import.meta.url), 'utf8');
const declared = manifest.parse(parse(text));
const greet = (name: string, now: number, timeZone = 'UTC') =>
  runHandler(tools, { tool: 'hello_greet', input: { name }, now, timeZone });
const at = (hour: number): number => Date.UTC(2026, 0, 5, hour);

test('the greeting fits the time of day where the person is', async () => {
  const cases = [
    [3, 'evening'],
    [4, 'morning'],
    [11, 'morning'],
    [12, 'afternoon'],
    [17, 'afternoon'],
    [18, 'evening'],
    [0, 'evening'],
  ] as const;
  for (const [hour, part] of cases) {
    assert.equal((await greet('Ada', at(hour))).text, `Good ${part}, Ada!`);
  }
  assert.equal((await greet('Ada', at(9), 'Asia/Tokyo')).text, 'Good evening, Ada!');
});

test('what is no name is refused in words, not thrown', async () => {
  for (const name of ['  ', '123', '!']) {
    assert.equal((await greet(name, at(9))).status, 'refused');
  }
});

test('the manifest declares what the code declares, and its intent names that tool', () => {
  const [tool] = tools;
  const [inManifest] = declared.provides.tools;
  assert.partialDeepStrictEqual(inManifest, { ...tool?.outline });
  assert.deepEqual(
    declared.provides.intents.map((intent) => intent.tool),
    ['hello_greet'],
  );
});

for (const declaration of declared.provides.tools) {
  const handler = tools.find(({ name }) => name === declaration.name)?.handler;
  assert.ok(handler);
  const subject = { declaration, handler, input: { name: 'Ada' } };
  for (const { name, run } of toolConformance(subject)) test(name, run);
}
