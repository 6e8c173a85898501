import assert from 'node:assert/strict';
import { access, lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { publish } from './fixtures/npm-registry.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop(process.env['PATH']);
  publish(shop, 'leaf', { '1.0.0': {}, '1.4.0': {}, '2.0.0': {} });
  const dependencies = { leaf: '^1' };
  publish(shop, '@scope/plugin', { '1.0.0': { dependencies, devDependencies: { missing: '*' } } });
  publish(shop, 'scripted', { '1.0.0': { scripts: { install: 'touch it-ran' } } });
  publish(shop, 'needs-scripted', { '1.0.0': { dependencies: { scripted: '1' } } });
});
after(() => shop.close());

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

describe('packages that a plugin needs', () => {
  it('are installed and locked within its tree, those for development aside', async () => {
    const fetched = await shop.fetch('npm:@scope/plugin');
    const { directory } = fetched;
    const text = await readFile(join(directory, 'node_modules/leaf/index.js'), 'utf8');
    assert.match(text, /leaf@1\.4\.0/);
    assert.match(await readFile(join(directory, 'package-lock.json'), 'utf8'), /leaf-1\.4\.0\.tgz/);
    assert.equal(await isThere(join(directory, 'node_modules/missing')), false);
    await fetched.dispose();
    assert.deepEqual(await shop.left(), []);
  });

  it('do not run their install scripts, and are reported', async () => {
    const fetched = await shop.fetch('npm:needs-scripted');
    assert.ok(await isThere(join(fetched.directory, 'node_modules/scripted')));
    assert.equal(await isThere(join(fetched.directory, 'node_modules/scripted/it-ran')), false);
    assert.match(fetched.warnings.join(), /node_modules\/scripted has an install script/);
    await fetched.dispose();
  });

  it('of a folder come as its own lockfile says, whatever its npm settings say', async () => {
    const first = await shop.fetch('npm:@scope/plugin');
    const lock = await readFile(join(first.directory, 'package-lock.json'), 'utf8');
    const manifest = await readFile(join(first.directory, 'package.json'), 'utf8');
    await first.dispose();
    await shop.folder('locked', {
      'package.json': manifest,
      'package-lock.json': lock,
      '.npmrc': 'registry=http://127.0.0.1:9/\nignore-scripts=false\n',
    });
    publish(shop, 'leaf', { '1.0.0': {}, '1.4.0': {}, '1.9.0': {} });
    const fetched = await shop.fetch('./locked');
    const text = await readFile(join(fetched.directory, 'node_modules/leaf/index.js'), 'utf8');
    assert.match(text, /leaf@1\.4\.0/);
    assert.ok((await lstat(join(fetched.directory, '.npmrc'))).isFile());
    await fetched.dispose();
  });

  it('that are there already are left alone', async () => {
    await shop.folder('bundled', {
      'package.json': '{"dependencies":{"nowhere":"1"}}',
      'node_modules/nowhere/index.js': 'here',
    });
    const fetched = await shop.fetch('./bundled');
    assert.deepEqual(fetched.warnings, []);
    await fetched.dispose();
  });

  const elsewhere = ['git+https://example.org/a', 'github:a/b', 'a/b', 'file:../..', '../x'];
  for (const range of [...elsewhere, 'https://example.org/a.tgz', 'npm:a@file:x', 'link:x']) {
    it(`are refused from elsewhere: ${range}`, async () => {
      const name = `elsewhere-${Buffer.from(range).toString('hex')}`;
      await shop.folder(name, { 'package.json': JSON.stringify({ dependencies: { a: range } }) });
      await shop.refuses(`./${name}`, 'PLUGIN_SOURCE', /not from the registry/);
    });
  }

  const entries: Readonly<Record<string, object>> = {
    'without a digest': { resolved: 'https://example.org/a.tgz' },
    'from this machine': { resolved: 'file:../secret', integrity: `sha512-${'A'.repeat(86)}==` },
    'as a link': { resolved: '../secret', link: true },
    'from Git': { resolved: 'git+ssh://git@example.org/a#1', integrity: 'x' },
  };
  for (const [kind, entry] of Object.entries(entries)) {
    it(`are refused by a lockfile ${kind}`, async () => {
      const lock = { lockfileVersion: 3, packages: { '': {}, 'node_modules/leaf': entry } };
      const name = kind.replaceAll(' ', '-');
      await shop.folder(name, {
        'package.json': '{"dependencies":{"leaf":"1"}}',
        'package-lock.json': JSON.stringify(lock),
      });
      await shop.refuses(`./${name}`, 'PLUGIN_SOURCE', /not from the registry/);
    });
  }
});
