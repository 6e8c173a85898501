import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { changeConfiguration, parseTyped } from './configuration-file.ts';
import { parsePath } from './configuration-keys.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-file-'));
  file = join(folder, 'data', 'config.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const set = (path: string, value: unknown): void =>
  changeConfiguration({ file, home: '/' }, [{ path: parsePath(path), value }]);

test('the first value makes the folder and the file, readable by their owner only', () => {
  set('budget.steps', 7);
  assert.equal(readFileSync(file, 'utf8'), 'budget:\n  steps: 7\n');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'data')).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(join(folder, 'data')), ['config.yaml']);
});

test('comments and order stay', () => {
  set('fastPath', 'on');
  writeFileSync(file, '# mine\nfastPath: on # quick\nbudget:\n  steps: 3\n');
  set('budget.tokens', 9_000);
  set('fastPath', 'off');
  assert.equal(
    readFileSync(file, 'utf8'),
    '# mine\nfastPath: off # quick\nbudget:\n  steps: 3\n  tokens: 9000\n',
  );
});

test('a list grows at its end', () => {
  set('models.0', { provider: 'openai', model: 'a' });
  set('models.1', { provider: 'openai', model: 'b' });
  assert.match(readFileSync(file, 'utf8'), /model: a[\s\S]*model: b/);
});

test('a value without which the default holds can be taken away', () => {
  set('budget.steps', 7);
  set('budget.steps', undefined);
  assert.doesNotMatch(readFileSync(file, 'utf8'), /steps/);
});

test('a wrong value or an unknown key changes nothing', () => {
  set('budget.steps', 7);
  const before = readFileSync(file, 'utf8');
  assert.throws(() => set('budget.steps', 'lots'), { code: 'CONFIG_INVALID' });
  assert.throws(() => set('budget.stepz', 1), {
    code: 'OPTION_INVALID',
    message: 'Option budget.stepz: not known; did you mean budget.steps.',
  });
  assert.equal(readFileSync(file, 'utf8'), before);
});

test('a file that is already broken is not written over', () => {
  set('fastPath', 'on');
  writeFileSync(file, 'budget: [\n');
  assert.throws(() => set('fastPath', 'off'), { code: 'CONFIG_INVALID' });
  assert.equal(readFileSync(file, 'utf8'), 'budget: [\n');
});

test('what is typed is read as YAML, and as text where it is none', () => {
  assert.equal(parseTyped('3'), 3);
  assert.deepEqual(parseTyped('[a, b]'), ['a', 'b']);
  assert.equal(parseTyped('on'), 'on');
  assert.equal(parseTyped('@bad: ['), '@bad: [');
});
