import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCache, readCached, writeCached } from './cached-file.ts';

test('a cached file is found by its digest and replaces older ones of its name', async (context) => {
  const parent = await mkdtemp(join(tmpdir(), 'cached-'));
  context.after(() => rm(parent, { recursive: true }));
  const directory = join(parent, 'cache');
  const file = (name: string, digest: string) => ({ directory, name, digest });
  assert.equal(await readCached(file('a', '11')), undefined);
  await writeCached(file('a', '11'), Buffer.from('one'));
  await writeCached(file('b', '11'), Buffer.from('other'));
  await writeCached(file('a', '22'), Buffer.from('two'));
  assert.equal(await readCached(file('a', '11')), undefined);
  assert.equal(Buffer.from((await readCached(file('a', '22'))) ?? []).toString(), 'two');
  assert.deepEqual((await readdir(directory)).sort(), ['a-22', 'b-11']);
});

test('what cannot be kept is told of, and is no failure', async () => {
  const reports: string[] = [];
  const report = (_: unknown, about: string): number => reports.push(about);
  const cache = createCache({ directory: '/dev/null/x', name: 'intents', report });
  await cache.write('11', Buffer.from('one'));
  assert.deepEqual(reports, ['cache intents']);
  assert.equal(await cache.read('11'), undefined);
});
