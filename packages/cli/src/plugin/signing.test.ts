import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, workFolder } from './fixtures/author.ts';
import { keyOf, keyPassphrase, required } from './signing.ts';

test('the passphrase of a key is the first line of a file, never that of backups', async (t) => {
  const folder = workFolder(t);
  writeFileSync(join(folder, 'secret'), 'words\nmore');
  const context = author(folder);
  const environment = { ...context.environment, backupPassphrase: 'of backups' };
  const inside = { ...context, environment };
  assert.equal(keyPassphrase(inside, { passphraseFile: 'secret' }), 'words');
  assert.equal(keyPassphrase(inside, {}), undefined);
  await assert.rejects(keyOf(inside, 'none', {}), { code: 'PLUGIN_SIGNATURE' });
});

test('an option that must be there is asked for by its name', () => {
  assert.equal(required({ registry: 'a' }, 'registry', 'one'), 'a');
  assert.throws(() => required({}, 'registry', 'one'), /--registry: name one/);
});
