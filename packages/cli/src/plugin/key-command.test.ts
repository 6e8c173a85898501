import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, draft, workFolder } from './fixtures/author.ts';
import { pluginKeygen, pluginSign } from './key-command.ts';

test('a key is made for its owner alone; its public half is printed', async (t) => {
  const folder = workFolder(t);
  writeFileSync(join(folder, 'words'), 'correct horse\n');
  const context = author(folder);
  assert.equal(await pluginKeygen(context, ['my.key'], { passphraseFile: 'words' }), 0);
  assert.equal(statSync(join(folder, 'my.key')).mode & 0o777, 0o600);
  const shown = context.output.text();
  const { publicKey } = JSON.parse(readFileSync(join(folder, 'my.key'), 'utf8')) as {
    publicKey: string;
  };
  assert.ok(shown.includes(publicKey));
  assert.doesNotMatch(shown, /no passphrase/);
  const again = pluginKeygen(author(folder), ['my.key'], {});
  await assert.rejects(again, { code: 'PLUGIN_SIGNATURE' });
});

test('a folder is signed into a file beside, an index into a file of its own', async (t) => {
  const folder = workFolder(t);
  mkdirSync(join(folder, 'calendar'));
  draft(join(folder, 'calendar'), 'shell');
  await pluginKeygen(author(folder), ['my.key'], {});
  const key = ['my.key'];
  assert.equal(await pluginSign(author(folder), ['calendar'], { key }), 0);
  const signature = readFileSync(join(folder, 'calendar-0.1.0.signature.json'), 'utf8');
  assert.match(signature, /"payloadType"/);
  const index = {
    type: 'opencomputer-registry-index',
    format: 1,
    version: 1,
    expires: '2026-02-01T00:00:00Z',
    plugins: [],
  };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  const options = { key, output: 'signed.json' };
  assert.equal(await pluginSign(author(folder), ['index.json'], options), 0);
  assert.match(readFileSync(join(folder, 'signed.json'), 'utf8'), /registry\.index/);
});

test('without a key, with two for a plugin, or of something else nothing is signed', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  await pluginKeygen(author(folder), ['a.key'], {});
  await assert.rejects(pluginSign(author(folder), [], {}), { code: 'OPTION_INVALID' });
  writeFileSync(join(folder, 'x.json'), 'x');
  const key = ['a.key'];
  const wrong = pluginSign(author(folder), ['x.json'], { key });
  await assert.rejects(wrong, { code: 'CONFIG_UNREADABLE' });
  const two = pluginSign(author(folder), [], { key: ['a.key', 'a.key'] });
  await assert.rejects(two, { code: 'OPTION_INVALID' });
  // The key lies in the plugin: it would go to everybody.
  await assert.rejects(pluginSign(author(folder), [], { key }), { code: 'PLUGIN_TREE' });
});
