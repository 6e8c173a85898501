import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { environment, piped, testContext } from '../fixtures/surroundings.ts';
import type { TestContext } from '../fixtures/surroundings.ts';
import { init } from './init.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'init-'));
  file = join(folder, 'config.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const contextFor = (): TestContext =>
  testContext({
    agent: doorTo(fakeService()),
    environment: environment({ ...piped, variables: { OPENCOMPUTER_CONFIG: file } }),
  });

test('options set it up without a terminal, and running it again keeps the rest', async () => {
  assert.equal(await init(contextFor(), [], { name: 'Ada', timeZone: 'Europe/Berlin' }), 0);
  await init(contextFor(), [], { provider: 'openai', model: 'one', keyVariable: 'MY_KEY' });
  await init(contextFor(), [], { provider: 'openai', model: 'two', folder: ['/srv/a'] });
  await init(contextFor(), [], { provider: 'openai', model: 'one' });
  assert.equal(
    readFileSync(file, 'utf8'),
    `person:
  name: Ada
  timeZone: Europe/Berlin
models:
  - provider: openai
    model: one
  - provider: openai
    model: two
folders:
  - /srv/a
`,
  );
});

test('a wrong option changes nothing', async () => {
  await assert.rejects(init(contextFor(), [], { provider: 'acme', model: 'm' }), {
    code: 'CONFIG_INVALID',
  });
  await assert.rejects(init(contextFor(), [], { model: 'm' }), { code: 'OPTION_INVALID' });
  await assert.rejects(init(contextFor(), [], { url: 'http://x' }), { code: 'OPTION_INVALID' });
  assert.throws(() => readFileSync(file));
});

test('without options and without a terminal it says what to pass', async () => {
  await assert.rejects(init(contextFor(), [], {}), { code: 'TERMINAL_MISSING' });
});
