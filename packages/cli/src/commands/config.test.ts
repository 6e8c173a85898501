import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { doorTo, failure } from '../fixtures/fake-service.ts';
import { environment, testContext } from '../fixtures/surroundings.ts';
import type { TestContext } from '../fixtures/surroundings.ts';
import { configGet, configPath, configSet, configShow, configUnset } from './config.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
  file = join(folder, 'config.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The agent is not needed, and would fail. */
const contextFor = (): TestContext =>
  testContext({
    agent: doorTo(failure('STORE_LOCKED', { directory: '/d', holder: 'h' })),
    environment: environment({ variables: { OPENCOMPUTER_CONFIG: file } }),
  });

test('every value is shown with where it comes from', async () => {
  writeFileSync(file, 'budget:\n  steps: 3\n');
  const context = contextFor();
  assert.equal(await configShow(context, [], {}), 0);
  const lines = context.output
    .text()
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '));
  assert.ok(lines.includes(`budget.steps 3 ${file}:2`));
  assert.ok(lines.includes('budget.tokens 200000 default'));
  assert.ok(lines.includes('folders [] default'));
});

test('a key is hidden wherever it is asked for', async () => {
  writeFileSync(
    file,
    'models: [{provider: openai, model: m, key: sk-1}]\nplugins: {x: {environment: {TOKEN: sk-2}}}\n',
  );
  const context = contextFor();
  await configShow(context, [], {});
  await configShow(context, [], { json: true });
  for (const key of [
    'models',
    'models.0',
    'models.0.key',
    'plugins',
    'plugins.x.environment.TOKEN',
  ]) {
    await configGet(context, [key]);
  }
  assert.match(context.output.text(), /\(hidden\)/);
  assert.doesNotMatch(context.output.text(), /sk-/);
});

test('a value can be set, read and taken away', async () => {
  const context = contextFor();
  await configSet(context, ['budget.steps', '7']);
  await configSet(context, ['folders', '[/srv/a, /srv/b]']);
  await configGet(context, ['budget.steps']);
  await configGet(context, ['folders']);
  await configUnset(context, ['budget.steps']);
  await configGet(context, ['budget.steps']);
  assert.equal(context.output.text(), '7\n[ /srv/a, /srv/b ]\n25\n');
  assert.doesNotMatch(readFileSync(file, 'utf8'), /steps/);
});

test('an unknown key names the nearest one', async () => {
  await assert.rejects(configGet(contextFor(), ['budget.stpes']), {
    code: 'OPTION_INVALID',
    message: 'Option budget.stpes: not known; did you mean budget.steps.',
  });
});

test('the path is printed whether the file exists or not', async () => {
  const context = contextFor();
  await configPath(context);
  assert.equal(context.output.text(), `${file}\n`);
});
