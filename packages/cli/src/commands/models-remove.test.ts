import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { environment, testContext } from '../fixtures/surroundings.ts';
import { modelsRemove } from './models-remove.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-remove-'));
  file = join(folder, 'config.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function remove(name: string): Promise<string> {
  const context = testContext({
    agent: doorTo(fakeService()),
    environment: environment({ variables: { OPENCOMPUTER_CONFIG: file } }),
  });
  assert.equal(await modelsRemove(context, [name]), 0);
  return context.output.text();
}

test('a model goes by either name, and the last one takes its section along', async () => {
  writeFileSync(
    file,
    '# mine\nfastPath: off\nmodels:\n  - { provider: openai, model: one }\n  - { provider: google, model: two }\n',
  );
  assert.match(await remove('one'), /^Removed from .*config\.yaml: one \(openai\)\.\n/);
  assert.doesNotMatch(readFileSync(file, 'utf8'), /one/);
  await remove('google/two');
  assert.equal(readFileSync(file, 'utf8'), '# mine\nfastPath: off\n');
});

test('a name that is not there, or not alone, changes nothing', async () => {
  const before =
    'models:\n  - { provider: openai, model: m }\n  - { provider: openai-compatible, model: m }\n';
  writeFileSync(file, before);
  await assert.rejects(remove('other'), { code: 'MODEL_UNKNOWN' });
  await assert.rejects(remove('m'), (error: Error) => {
    const { code, details } = error as { code?: string; details?: { remedy?: string } };
    assert.equal(code, 'OPTION_INVALID');
    assert.match(details?.remedy ?? '', /`agent config unset models\.0`, `agent config unset/);
    return true;
  });
  assert.equal(readFileSync(file, 'utf8'), before);
});
