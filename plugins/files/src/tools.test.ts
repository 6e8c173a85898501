import assert from 'node:assert/strict';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { runHandler } from '@opencomputer/plugin';
import { SHOWN_CHARACTERS_MAX, tools } from './tools.ts';

const base = await realpath(await mkdtemp(join(tmpdir(), 'files-tools-')));
after(() => rm(base, { recursive: true, force: true }));
const granted = join(base, 'granted');
await mkdir(granted);
await writeFile(join(base, 'secret.txt'), 'secret');
await symlink(join(base, 'secret.txt'), join(granted, 'link.txt'));

function ask(tool: string, input: JsonObject, signal?: AbortSignal): Promise<ToolOutcome> {
  const more = signal === undefined ? {} : { signal };
  return runHandler(tools, { tool: `files_${tool}`, input, folders: [granted], ...more });
}

test('a file is read with its size, in a block that its own marks do not end', async () => {
  await writeFile(join(granted, 'a.md'), 'one\n```\ncode\n```\n');
  const { text } = await ask('read', { path: 'a.md' });
  assert.equal(text, '**a.md** (17 B)\n````\none\n```\ncode\n```\n````');
});

test('a long file is cut at a line and can be read on', async () => {
  const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index + 1}`);
  await writeFile(join(granted, 'long.txt'), lines.join('\n'));
  const first = await ask('read', { path: 'long.txt' });
  assert.ok(first.status === 'done' && first.text.length < SHOWN_CHARACTERS_MAX + 500);
  const { next } = first.data as { next: number };
  assert.ok(first.text.includes(`\nline ${next - 1}\n`));
  assert.match(first.text, new RegExp(`Cut here; line ${next} of 3000 comes next\\.$`));
  const second = await ask('read', { path: 'long.txt', line: next });
  assert.ok(second.text.includes(`\nline ${next}\n`));
  assert.equal((await ask('read', { path: 'long.txt', line: 9_999 })).status, 'refused');
});

test('what is outside cannot be read, summarised or written', async () => {
  for (const path of ['link.txt', '../secret.txt', join(base, 'secret.txt')]) {
    for (const tool of ['read', 'summarise', 'write']) {
      const { status, text } = await ask(tool, { path, content: 'changed' });
      assert.equal(status, 'refused');
      assert.match(text, /outside/);
    }
  }
  assert.equal(await readFile(join(base, 'secret.txt'), 'utf8'), 'secret');
});

test('a summary is sentences of the file', async () => {
  await writeFile(join(granted, 'story.txt'), 'The fox lives in the wood. It eats mice at night.');
  const { text } = await ask('summarise', { path: 'story.txt' });
  assert.match(
    text,
    /^\*\*story.txt\*\* \(11 words\), in its own sentences:\n- The fox .*\n- It eats/,
  );
  await writeFile(join(granted, 'numbers.csv'), '1,2\n3,4\n');
  assert.equal((await ask('summarise', { path: 'numbers.csv' })).status, 'refused');
});

test('writing replaces a file whole, keeps its mode and leaves nothing else', async () => {
  const path = join(granted, 'script.sh');
  await writeFile(path, 'old and longer');
  await chmod(path, 0o755);
  const replaced = await ask('write', { path: 'script.sh', content: 'new' });
  assert.equal(replaced.text, 'Saved script.sh (3 B).');
  assert.equal(await readFile(path, 'utf8'), 'new');
  assert.equal((await stat(path)).mode & 0o777, 0o755);
  assert.equal(
    (await ask('write', { path: 'new/deep.txt', content: 'x' })).text,
    'Saved new/deep.txt (1 B).',
  );
  assert.deepEqual(await readdir(join(granted, 'new')), ['deep.txt']);
  assert.equal((await ask('write', { path: 'new', content: 'x' })).status, 'refused');
});

test('a cancelled write changes nothing', async () => {
  await assert.rejects(ask('write', { path: 'never.txt', content: 'x' }, AbortSignal.abort()));
  assert.ok(!(await readdir(granted)).includes('never.txt'));
});
