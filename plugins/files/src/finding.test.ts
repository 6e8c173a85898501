import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { runHandler } from '@opencomputer/plugin';
import { tools } from './tools.ts';

const base = await realpath(await mkdtemp(join(tmpdir(), 'files-finding-')));
after(() => rm(base, { recursive: true, force: true }));
const granted = join(base, 'granted');
for (const [path, text] of [
  ['granted/plans/budget-2026.csv', 'a,b'],
  ['granted/plans/trip.md', 'Flights\nThe hotel booking number is 4711.\n'],
  ['granted/node_modules/budget/index.js', ''],
  ['outside/budget.txt', 'budget'],
] as const) {
  await mkdir(join(base, path, '..'), { recursive: true });
  await writeFile(join(base, path), text);
}
await symlink(join(base, 'outside'), join(granted, 'link'));

async function find(input: JsonObject, status = 'done'): Promise<string> {
  const found = await runHandler(tools, { tool: 'files_find', input, folders: [granted] });
  assert.equal(found.status, status, found.text);
  return found.text;
}

test('files are found by name, and not in what is skipped or linked', async () => {
  assert.equal(await find({ query: 'the budget' }), '- plans/budget-2026.csv (3 B)');
  assert.equal(await find({ query: '*.csv' }), '- plans/budget-2026.csv (3 B)');
});

test('when no name answers, texts are searched and the line is shown', async () => {
  assert.equal(
    await find({ query: 'hotel booking' }),
    '- plans/trip.md (42 B): line 2, The hotel booking number is 4711.',
  );
});

test('a text that has most of the words is found when none has all', async () => {
  assert.match(await find({ query: 'talks about the hotel booking' }), /^- plans\/trip.md/);
});

test('nothing found is an answer, and no query is refused', async () => {
  assert.equal(await find({ query: 'passport' }), 'I found no file for "passport".');
  await find({ query: ' ' }, 'refused');
});

test('a folder limits the search and must be inside', async () => {
  assert.match(await find({ query: 'budget', folder: 'plans' }), /^- budget-2026/);
  assert.match(await find({ query: 'budget', folder: '../outside' }, 'refused'), /outside/);
  assert.match(await find({ query: 'budget', folder: 'link' }, 'refused'), /outside/);
  assert.match(await find({ query: 'budget', folder: 'gone' }, 'refused'), /no folder/);
});
