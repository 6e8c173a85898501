import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { temporaryFolder } from '../fixtures/machine.ts';
import { environment, testContext } from '../fixtures/surroundings.ts';
import { passphraseFor } from './backup-passphrase.ts';

function context(folder: string, variables: Record<string, string> = {}, isTerminal = false) {
  const streams = { input: isTerminal, output: isTerminal, error: isTerminal, columns: 80 };
  const facts = environment({ workingFolder: folder, variables, streams });
  return testContext({ agent: doorTo(fakeService()), environment: facts });
}

const variable = 'OPENCOMPUTER_BACKUP_PASSPHRASE';

test('a file counts before the environment, and its first line only', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'secret'), 'from the file\r\nsecond line\n');
  const given = context(folder, { [variable]: 'from the environment' });
  const file = { passphraseFile: 'secret' };
  assert.equal(await passphraseFor(given, file, { isNew: true }), 'from the file');
  assert.equal(await passphraseFor(given, {}, { isNew: true }), 'from the environment');
  assert.equal(variable in given.environment.variables, false);
});

test('without a terminal, a readable file or enough characters there is none', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'empty'), '\n');
  await assert.rejects(passphraseFor(context(folder), {}, { isNew: false }), {
    code: 'TERMINAL_MISSING',
  });
  for (const passphraseFile of ['missing', 'empty']) {
    const asked = passphraseFor(context(folder), { passphraseFile }, { isNew: false });
    await assert.rejects(asked, { code: 'OPTION_INVALID' });
  }
  const short = context(folder, { [variable]: 'short' });
  assert.equal(await passphraseFor(short, {}, { isNew: false }), 'short');
  await assert.rejects(passphraseFor(short, {}, { isNew: true }), { code: 'OPTION_INVALID' });
});

test('a new passphrase is typed twice on the terminal', async (t) => {
  const given = context(temporaryFolder(t), {}, true);
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  const questions = ['New passphrase', 'The same again'];
  let seen = '';
  output.on('data', (data: Buffer) => {
    seen += data.toString();
    const [next] = questions;
    if (next === undefined || !seen.includes(next)) return;
    questions.shift();
    seen = '';
    setImmediate(() => {
      for (const key of ['long enough', '\r']) input.write(key);
    });
  });
  const passphrase = await passphraseFor(given, {}, { isNew: true, streams: { input, output } });
  assert.equal(passphrase, 'long enough');
  assert.deepEqual(questions, []);
});
