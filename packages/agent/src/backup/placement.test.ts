import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createBackup } from './create.ts';
import { dataFolder, temporaryFolder, testKey } from './fixtures/data-folder.ts';
import { watchFolders } from './fixtures/watched-folders.ts';
import {
  draftOf,
  finishRestore,
  holdsSomething,
  place,
  readMark,
  removeMark,
} from './placement.ts';

const hold = () => ({ release: () => undefined });
const facts = { createdAt: 1, restoredAt: 2 };

function textOf(directory: string): string {
  return readFileSync(join(directory, 'text'), 'utf8');
}

/** A folder with old data, and with a draft of new ones. */
function both(t: TestContext): { folder: string; directory: string; kept: string } {
  const folder = temporaryFolder(t);
  const directory = join(folder, 'data');
  for (const [path, text] of [
    [directory, 'old'],
    [draftOf(directory), 'new'],
  ] as const) {
    mkdirSync(join(path, 'plugins'), { recursive: true });
    writeFileSync(join(path, 'text'), text);
  }
  return { folder, directory, kept: join(folder, 'kept') };
}

test('every name is on the disk before the next step makes use of it', async (t) => {
  const { folder, directory, kept } = both(t);
  const { events } = watchFolders(t, folder);
  await place(directory, { ...facts, kept }, hold);
  assert.deepEqual(events(), [
    'sync data.restoring/plugins',
    'sync data.restoring',
    'sync .',
    'rename data kept',
    'sync .',
    'rename data.restoring data',
    'sync .',
  ]);
  assert.deepEqual([textOf(directory), textOf(kept)], ['new', 'old']);
  assert.deepEqual(await readMark(directory), { ...facts, kept });
  await removeMark(directory);
  assert.equal(await readMark(directory), undefined);
});

test('whichever change a kill comes before, old data or new ones are there, whole, after the next start', async (t) => {
  const source = dataFolder(t, { text: 'new', 'plugins/a/b': 'value' });
  const file = join(dirname(source.directory), 'a.backup');
  await createBackup(source, { path: file, key: testKey });
  const seen = { old: 0, new: 0, completed: 0, undone: 0 };
  for (let step = 1; ; step += 1) {
    const folder = temporaryFolder(t);
    const directory = join(folder, 'data');
    mkdirSync(directory);
    writeFileSync(join(directory, 'text'), 'old');
    const program = join(import.meta.dirname, 'fixtures', 'restore-process.ts');
    const { signal, status, stderr } = spawnSync(
      execPath,
      [program, file, directory, String(step)],
      { encoding: 'utf8' },
    );
    const finished = await finishRestore(directory, hold);
    if (finished !== undefined) seen[finished.outcome] += 1;
    const text = textOf(directory) === 'old' ? 'old' : 'new';
    seen[text] += 1;
    assert.equal(existsSync(join(directory, 'plugins', 'a', 'b')), text === 'new', `step ${step}`);
    const kept = readdirSync(folder).find((name) => name.startsWith('data.before-'));
    assert.equal(kept === undefined, text === 'old', `step ${step}`);
    if (kept !== undefined) assert.equal(textOf(join(folder, kept)), 'old');
    if (signal === 'SIGKILL') continue;
    assert.equal(status, 0, stderr);
    break;
  }
  assert.ok(seen.old > 10 && seen.new > 1, JSON.stringify(seen));
  assert.ok(seen.completed > 0 && seen.undone > 0, JSON.stringify(seen));
});

test('a draft that is not whole, or that somebody is at work on, is left alone', async (t) => {
  const { directory } = both(t);
  assert.equal(await finishRestore(directory, hold), undefined);
  writeFileSync(join(draftOf(directory), 'restored.json'), '{"createdAt":1,');
  assert.equal(await finishRestore(directory, hold), undefined);
  writeFileSync(join(draftOf(directory), 'restored.json'), JSON.stringify(facts));
  const refuse = (): never => {
    throw new Error('in use');
  };
  await assert.rejects(finishRestore(directory, refuse), /in use/);
  assert.equal(textOf(draftOf(directory)), 'new');
});

test('data that somebody began meanwhile are not replaced; a lock alone is no data', async (t) => {
  const { directory, kept } = both(t);
  const draft = draftOf(directory);
  mkdirSync(kept);
  writeFileSync(join(draft, 'restored.json'), JSON.stringify({ ...facts, kept }));
  const undone = await finishRestore(directory, hold);
  assert.deepEqual(undone, { ...facts, kept, outcome: 'undone' });
  assert.deepEqual([textOf(directory), existsSync(draft)], ['old', false]);
  rmSync(directory, { recursive: true });
  mkdirSync(directory);
  writeFileSync(join(directory, 'owner.lock'), '');
  assert.equal(await holdsSomething(directory), false);
  mkdirSync(draft);
  writeFileSync(join(draft, 'restored.json'), JSON.stringify({ ...facts, kept }));
  assert.equal((await finishRestore(directory, hold))?.outcome, 'completed');
  assert.equal(existsSync(join(directory, 'owner.lock')), false);
});
