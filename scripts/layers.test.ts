import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deadRules, layerViolations } from './layers.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-'));
after(() => rmSync(folder, { recursive: true }));

test('every rule finds the violation that is planted for it', async () => {
  assert.deepEqual(await deadRules(), []);
});

test('imports along the layers are no violation', async () => {
  for (const path of ['packages/agent/src/store', 'packages/contracts/src', 'plugins/one/src']) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  const contract = `'../../../packages/contracts/src/index.ts'`;
  writeFileSync(
    join(folder, 'packages/contracts/src/index.ts'),
    `export const tool: string = 'x';`,
  );
  writeFileSync(join(folder, 'plugins/one/src/handler.ts'), `export { tool } from ${contract};`);
  writeFileSync(join(folder, 'packages/agent/src/store/a.ts'), `export const a: string = 'a';`);
  writeFileSync(join(folder, 'packages/agent/src/store/b.ts'), `export { a } from './a.ts';`);
  writeFileSync(join(folder, 'packages/agent/src/server.ts'), `export { a } from './store/b.ts';`);
  assert.deepEqual(await layerViolations(folder), { violations: [], modules: 5 });
});
