import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findCommand, innerEnvironment } from './command.ts';
import { temporaryFolder } from './fixtures/enclosed.ts';

const folder = temporaryFolder();
mkdirSync(join(folder, 'bin'));
const program = join(folder, 'bin/program');
writeFileSync(program, '');
chmodSync(program, 0o755);
writeFileSync(join(folder, 'bin/text'), '', { mode: 0o644 });
symlinkSync(program, join(folder, 'bin/other-name'));

test('a program is found in the PATH that it gets, by the name that it was called', async () => {
  const environment = { PATH: `relative:/nowhere:${join(folder, 'bin')}` };
  const found = await findCommand({ command: 'other-name', environment });
  const path = join(folder, 'bin/other-name');
  assert.deepEqual(found, { path, code: [path] });
  assert.deepEqual(await findCommand({ command: program, environment: {} }), {
    path: program,
    code: [program],
  });
});

test('what is no program, or is nowhere, keeps its name and brings nothing with it', async () => {
  const environment = { PATH: join(folder, 'bin') };
  for (const command of ['text', 'missing', '../bin']) {
    assert.deepEqual(await findCommand({ command, environment }), { path: command, code: [] });
  }
});

test('variables that load code are kept from the trusted programs on the way', () => {
  const refused = ['LD_PRELOAD', 'LD_LIBRARY_PATH', 'NODE_OPTIONS', 'GCONV_PATH', 'GLIBC_TUNABLES'];
  const environment = Object.fromEntries(
    [...refused, 'TOKEN', 'A B', ''].map((name) => [name, 'x']),
  );
  assert.deepEqual(innerEnvironment({ ...environment, NUL: 'a\0b' }), { TOKEN: 'x' });
});
