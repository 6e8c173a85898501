import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { environment, testContext } from '../fixtures/surroundings.ts';
import { modelsAdd } from './models-add.ts';

const folder = mkdtempSync(join(tmpdir(), 'models-add-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'config.yaml');
const machine = environment({ variables: { OPENCOMPUTER_CONFIG: file } });

test('a model is added at the end, and a wrong one changes nothing', async () => {
  const context = testContext({ agent: doorTo(fakeService()), environment: machine });
  await modelsAdd(context, ['openai', 'one'], {});
  await modelsAdd(context, ['openai-compatible', 'two'], { url: 'http://127.0.0.1:1234/v1' });
  const before = readFileSync(file, 'utf8');
  assert.match(before, /model: one\n[^]*model: two\n +url: http:\/\/127\.0\.0\.1:1234\/v1\n/);
  await assert.rejects(modelsAdd(context, ['acme', 'three'], {}), { code: 'CONFIG_INVALID' });
  assert.equal(readFileSync(file, 'utf8'), before);
});
