import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { installCommand, installPackage, isInstalled, packageOf, runNpm } from './model-package.ts';

const machine = { platform: 'linux', architecture: 'x64' } as const;

test('only providers that do not come with the product need a package', () => {
  for (const provider of ['openai', 'anthropic', 'google', 'openai-compatible']) {
    assert.equal(packageOf(provider, machine), undefined);
  }
  assert.deepEqual(packageOf('package:acme', machine), { name: 'acme', versions: { acme: '' } });
});

test('a machine that nobody compiled for gets the package alone', () => {
  const wanted = packageOf('llama', { platform: 'aix', architecture: 'ppc64' });
  assert.deepEqual(Object.keys(wanted?.versions ?? {}), ['node-llama-cpp']);
});

test('the command can be typed as it stands, whatever the folder is called', () => {
  const wanted = { name: 'acme', versions: { acme: '1.0.0' } };
  assert.match(
    installCommand('/data/packages', wanted),
    / acme@1\.0\.0 --prefix \/data\/packages$/,
  );
  assert.match(installCommand("/it's mine", wanted), /--prefix '\/it'\\''s mine'$/);
});

test('an npm that is missing or installs nothing is told with the command', async (t) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'model-package-')), 'packages');
  t.after(() => rmSync(join(folder, '..'), { recursive: true }));
  const wanted = { name: 'acme', versions: { acme: '1.0.0' } };
  const rejected = (run: typeof runNpm) =>
    assert.rejects(installPackage(folder, wanted, run), (error: Error) => {
      const { details } = error as { details?: { remedy?: string } };
      assert.match(details?.remedy ?? '', /Try it by hand: `npm install .*acme@1\.0\.0/);
      return true;
    });
  await rejected(() => Promise.reject(new Error('ENOENT')));
  await rejected(() => Promise.resolve(0));
  assert.equal(isInstalled(folder, wanted), false);
  assert.ok(existsSync(join(folder, 'package.json')));
});

test('npm itself installs into the folder, and not into one above it', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'model-package-'));
  t.after(() => rmSync(root, { recursive: true }));
  const source = join(root, 'source');
  mkdirSync(source);
  const scripts = { postinstall: 'node -e "process.exit(1)"' };
  const manifest = JSON.stringify({ name: 'acme', version: '1.0.0', scripts });
  writeFileSync(join(source, 'package.json'), manifest);
  writeFileSync(join(root, 'package.json'), '{}');
  const folder = join(root, 'packages');
  const wanted = { name: 'acme', versions: { acme: `file:${source}` } };
  await installPackage(folder, wanted, runNpm);
  assert.equal(isInstalled(folder, wanted), true);
  assert.equal(existsSync(join(root, 'node_modules')), false);
});
