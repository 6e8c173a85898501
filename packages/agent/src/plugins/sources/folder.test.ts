import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop();
});
after(() => shop.close());

describe('a folder', () => {
  it('is copied as it is, without what belongs to version control', async () => {
    const folder = await shop.folder('plugin', { 'manifest.yaml': 'name: a', 'src/run': 'x' });
    await mkdir(join(folder, '.git'));
    await writeFile(join(folder, '.git/config'), 'secret');
    const fetched = await shop.fetch('./plugin');
    assert.deepEqual(fetched.source, { type: 'folder', path: folder });
    assert.equal(await readFile(join(fetched.directory, 'src/run'), 'utf8'), 'x');
    assert.deepEqual((await readdir(fetched.directory)).toSorted(), ['manifest.yaml', 'src']);
    await fetched.dispose();
    await assert.rejects(access(fetched.directory));
    assert.deepEqual(await shop.left(), []);
  });

  it('is found from home, and is refused when it is none', async () => {
    const fetched = await shop.fetch('~/plugin');
    assert.equal(fetched.source.type, 'folder');
    await fetched.dispose();
    await shop.refuses('./nothing-here', 'PLUGIN_SOURCE');
    assert.deepEqual(await shop.left(), [], 'nothing is left of what failed');
  });

  it('is refused when it holds a link out or a pipe', async () => {
    const folder = await shop.folder('linked', { file: 'x' });
    execFileSync('ln', ['-s', '/etc/passwd', join(folder, 'out')]);
    await shop.refuses('./linked', 'PLUGIN_TREE');
    const piped = await shop.folder('piped', { file: 'x' });
    execFileSync('mkfifo', [join(piped, 'pipe')]);
    await shop.refuses('./piped', 'PLUGIN_TREE');
  });
});
