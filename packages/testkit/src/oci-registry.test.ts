import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startOciRegistry } from './oci-registry.ts';
import { requirement } from './requirement.ts';

const program = requirement('registry');
if (program !== undefined) {
  test('a registry answers on a port of its own until it is stopped', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'oci-registry-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { host, stop } = await startOciRegistry(program, folder);
    assert.equal((await fetch(`http://${host}/v2/`)).status, 200);
    await stop();
    await assert.rejects(fetch(`http://${host}/v2/`));
  });
}

test('a program that is no registry is told as one that did not start', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oci-registry-'));
  t.after(() => rmSync(folder, { recursive: true }));
  await assert.rejects(startOciRegistry(process.execPath, folder), /did not start/);
});
