import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { publint } from 'publint';
import { buildProgram } from './build.ts';
import { packProduct } from './pack.ts';

const UNPACKED_BYTES_MAX = 40_000_000;

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'pack-'));
const dist = join(folder, 'dist');
const home = join(folder, 'home');
const installed = join(home, 'node_modules', '@opencomputer', 'cli');
let files: string[] = [];
after(() => rmSync(folder, { recursive: true }));

before(async () => {
  await buildProgram({
    main: join(root, 'packages/cli/src/main.ts'),
    plugins: join(root, 'plugins'),
    output: dist,
  });
  const tarball = packProduct(root, dist, folder);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{}');
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', tarball, ...flags], { cwd: home, stdio: 'ignore' });
  // Before the first run, which leaves its compile cache there.
  files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
});

test('the installed commands run from an empty folder, without any dependency', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8')) as {
    version: string;
  };
  for (const command of ['agent', 'agent-cli', 'ki']) {
    const program = join(home, 'node_modules', '.bin', command);
    const output = execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' });
    assert.ok(output.includes(version), output);
  }
  assert.deepEqual(readdirSync(join(home, 'node_modules')).toSorted(), [
    '.bin',
    '.package-lock.json',
    '@opencomputer',
  ]);
});

test('the package holds every plugin, the licences, and nothing of the workshop', () => {
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE', 'README.md', 'bin/agent.cjs']) {
    assert.ok(files.includes(name), name);
  }
  const plugins = readdirSync(join(root, 'plugins'));
  const packed = readdirSync(join(installed, 'dist', 'plugins'));
  const trained = packed.filter((name) => /^intents-[0-9a-f]{64}$/.test(name));
  assert.equal(trained.length, 1);
  assert.deepEqual(packed.toSorted(), [...plugins, ...trained].toSorted());
  assert.deepEqual(
    files.filter((file) => /\.(map|test\.js|ts)$|\.cache|\.sources/.test(file)),
    [],
  );
});

test('the package is well formed for every package manager', async () => {
  const { messages } = await publint({ pkgDir: installed, pack: false });
  assert.deepEqual(messages, []);
});

test('the installation stays below its bar', () => {
  const entries = readdirSync(installed, { recursive: true, withFileTypes: true });
  const bytes = entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + readFileSync(join(entry.parentPath, entry.name)).byteLength, 0);
  assert.ok(bytes < UNPACKED_BYTES_MAX, `${bytes} bytes`);
});

test('a folder without a built program is refused', () => {
  assert.throws(() => packProduct(root, home, folder), /holds no built program/);
});
