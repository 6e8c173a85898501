import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { environment } from '../fixtures/surroundings.ts';
import {
  checkConfiguration,
  checkDirectory,
  checkRuntime,
  checkSandbox,
} from './doctor-machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
after(() => rmSync(folder, { recursive: true }));

test('an old runtime fails, a middling one warns', () => {
  const stateFor = (nodeVersion: string): string | undefined =>
    checkRuntime(environment({ nodeVersion }))[0]?.state;
  assert.equal(stateFor('20.1.0'), 'fail');
  assert.equal(stateFor('24.0.0'), 'warn');
  assert.equal(stateFor('26.0.0'), 'ok');
});

test('the configuration is checked with its unknown keys', () => {
  const file = join(folder, 'config.yaml');
  const check = (text: string): string[] => {
    writeFileSync(file, text);
    return checkConfiguration(environment({ variables: { OPENCOMPUTER_CONFIG: file } })).map(
      ({ state }) => state,
    );
  };
  assert.deepEqual(check('fastPath: on\n'), ['ok']);
  assert.deepEqual(check('fastPth: on\n'), ['ok', 'warn']);
  assert.deepEqual(check('fastPath: maybe\n'), ['fail']);
});

test('a data directory that others can read is told with the command that closes it', () => {
  const data = join(folder, 'data');
  const check = (): ReturnType<typeof checkDirectory> =>
    checkDirectory(environment({ variables: { OPENCOMPUTER_HOME: data } }));
  assert.match(check()[0]?.text ?? '', /will be made/);
  mkdirSync(data, { mode: 0o700 });
  assert.equal(check()[0]?.state, 'ok');
  writeFileSync(join(data, 'store.sqlite'), '', { mode: 0o644 });
  assert.match(check()[0]?.remedy ?? '', /chmod -R go-rwx/);
  rmSync(join(data, 'store.sqlite'));
  chmodSync(data, 0o755);
  assert.equal(check()[0]?.state, 'warn');
});

test('a file in the place of the data directory fails', () => {
  const data = join(folder, 'config.yaml', 'below');
  const [finding] = checkDirectory(environment({ variables: { OPENCOMPUTER_HOME: data } }));
  assert.equal(finding?.state, 'fail');
});

test('the sandbox is looked for on the path', () => {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const check = (): string | undefined =>
    checkSandbox(environment({ variables: { PATH: `/nowhere::${programs}` } }))[0]?.state;
  assert.equal(check(), 'warn');
  writeFileSync(join(programs, 'bwrap'), '', { mode: 0o755 });
  assert.equal(check(), 'ok');
  assert.match(checkSandbox(environment({ platform: 'win32' }))[0]?.remedy ?? '', /WSL 2/);
});
