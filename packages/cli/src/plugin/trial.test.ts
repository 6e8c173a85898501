import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, draft, workFolder } from './fixtures/author.ts';
import { Trial } from './trial.ts';

test('a change is taken over, a broken one told, and its repair taken over again', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  const file = join(folder, 'manifest.yaml');
  const good = readFileSync(file, 'utf8');
  let reloaded = Promise.withResolvers<string | undefined>();
  const trial = new Trial(author(folder), folder, {
    onEvent: () => undefined,
    onReload: (problem) => reloaded.resolve(problem),
  });
  t.after(() => trial.close());
  await trial.start();
  const version = (): Promise<string | undefined> =>
    trial.use(async ({ plugin }) => plugin.manifest.version);
  assert.equal(await version(), '0.1.0');
  writeFileSync(file, good.replace('version: 0.1.0', 'version: 0.2.0'));
  assert.equal(await reloaded.promise, undefined);
  assert.equal(await version(), '0.2.0');
  reloaded = Promise.withResolvers();
  writeFileSync(file, 'name: [');
  assert.match((await reloaded.promise) ?? '', /manifest\.yaml/);
  assert.equal(await version(), undefined);
  reloaded = Promise.withResolvers();
  writeFileSync(file, good);
  assert.equal(await reloaded.promise, undefined);
  assert.equal(await version(), '0.1.0');
});
