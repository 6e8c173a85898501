import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { runHandler } from '@opencomputer/plugin';
import { tools } from './tools.ts';

const folder = await realpath(await mkdtemp(join(tmpdir(), 'shell-')));
after(() => rm(folder, { recursive: true, force: true }));
await mkdir(join(folder, 'sub'));

function run(input: JsonObject, signal?: AbortSignal): Promise<ToolOutcome> {
  const more = signal === undefined ? {} : { signal };
  return runHandler(tools, { tool: 'shell_run', input, folders: [folder], ...more });
}

test('a command runs where the person works, or in a folder from there', async () => {
  assert.equal((await run({ command: 'pwd' })).text, `\`\`\`\n${folder}\n\`\`\``);
  assert.match((await run({ command: 'pwd', cwd: 'sub' })).text, /\/sub\n/);
  const gone = await run({ command: 'pwd', cwd: 'gone' });
  assert.deepEqual([gone.status, gone.text], ['refused', 'There is no folder "gone".']);
});

test('a failing command is done, with its exit code', async () => {
  const found = await run({ command: 'echo no >&2; exit 4' });
  assert.ok(found.status === 'done');
  assert.equal(found.text, '```\nno\n```\nIt ended with exit code 4.');
  assert.deepEqual(found.data, { exitCode: 4, output: 'no\n', cut: false });
  assert.equal((await run({ command: 'true' })).text, 'Done, without output.');
});

test('marks in an output do not end its block', async () => {
  const { text } = await run({ command: "printf '```\\nx\\n```\\n'" });
  assert.equal(text, '````\n```\nx\n```\n````');
});

test('what was stopped may have taken effect and says so', async () => {
  const late = await run({ command: 'echo begun; sleep 600', seconds: 1 });
  assert.deepEqual([late.status, late.text], ['unknown', 'Stopped after 1 s.\n```\nbegun\n```']);
  const cancelled = await run({ command: 'sleep 600' }, AbortSignal.abort());
  assert.deepEqual([cancelled.status, cancelled.text], ['unknown', 'Stopped before it ended.']);
});

test('an empty command and one with null bytes are refused', async () => {
  for (const command of [' ', 'echo \0']) {
    assert.equal((await run({ command })).status, 'refused');
  }
});
