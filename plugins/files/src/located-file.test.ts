import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ToolOutcome } from '@opencomputer/contracts';
import { runHandler } from '@opencomputer/plugin';
import { tools } from './tools.ts';

const base = await realpath(await mkdtemp(join(tmpdir(), 'files-located-')));
after(() => rm(base, { recursive: true, force: true }));
for (const path of ['here.txt', 'one/deep/Report.MD', 'one/twice.txt', 'two/twice.txt']) {
  await mkdir(join(base, path, '..'), { recursive: true });
  await writeFile(join(base, path), `this is ${path}`);
}

function read(path: string): Promise<ToolOutcome> {
  return runHandler(tools, { tool: 'files_read', input: { path }, folders: [base] });
}

test('a file is found by its path, and by its name alone wherever it is', async () => {
  assert.match((await read('here.txt')).text, /this is here/);
  assert.match((await read('report.md')).text, /\*\*one\/deep\/Report.MD\*\*[^]*this is one/);
});

test('a name that two files have is refused with both', async () => {
  const { status, text } = await read('twice.txt');
  assert.equal(status, 'refused');
  assert.deepEqual(text.split('\n').slice(1).toSorted(), ['- one/twice.txt', '- two/twice.txt']);
  assert.match((await read('one/twice.txt')).text, /this is one/);
});

test('a path that is not there is not looked for elsewhere', async () => {
  assert.match((await read('three/twice.txt')).text, /no file "three\/twice.txt"/);
  assert.match((await read('nothing.txt')).text, /no file "nothing.txt"/);
});
