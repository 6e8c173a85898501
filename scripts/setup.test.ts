import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const base = mkdtempSync(join(tmpdir(), 'setup-'));
after(() => rmSync(base, { recursive: true }));

/** Stands for npm and for the build: notes each call in `calls`, and fails or waits when asked. */
const fakeNpm = `const fs = require('fs');
  fs.appendFileSync('calls', 'install ');
  if (fs.existsSync('npm-fails')) { console.error('no network'); process.exit(1); }
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  process.on('SIGINT', () => {});
  if (fs.existsSync('npm-hangs')) setInterval(() => {}, 1000);`;
const fakeBuild = `import fs from 'node:fs';
  fs.appendFileSync('calls', 'build ');
  fs.mkdirSync('packages/cli/dist', { recursive: true });`;

interface Checkout {
  readonly root: string;
  calls(): string;
  start(): ChildProcess;
  run(): Promise<{ code: unknown; stderr: string; elapsedMs: number }>;
}

function checkout(name: string): Checkout {
  const root = join(base, name);
  for (const folder of ['scripts', 'packages/cli/src', 'plugins']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const script of ['setup.cjs', 'setup-lock.cjs']) {
    copyFileSync(join(import.meta.dirname, script), join(root, 'scripts', script));
  }
  writeFileSync(join(root, 'npm-cli.cjs'), fakeNpm);
  writeFileSync(join(root, 'scripts/build.ts'), fakeBuild);
  writeFileSync(join(root, 'packages/cli/src/main.ts'), 'export {};');
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {} } }));
  const environment = { ...process.env, npm_execpath: join(root, 'npm-cli.cjs') };
  const start = (): ChildProcess =>
    spawn(process.execPath, [join(root, 'scripts/setup.cjs')], {
      env: { ...environment, npm_node_execpath: process.execPath },
      cwd: tmpdir(),
      stdio: ['ignore', 'inherit', 'pipe'],
    });
  return {
    root,
    start,
    calls: () => readFileSync(join(root, 'calls'), 'utf8').trim(),
    async run() {
      const started = performance.now();
      const child = start();
      let stderr = '';
      child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
      const [code] = (await once(child, 'close')) as [unknown];
      return { code, stderr, elapsedMs: performance.now() - started };
    },
  };
}

test('the first run installs and builds; the next does nothing, in under half a second', async () => {
  const { run, calls } = checkout('twice');
  assert.deepEqual((await run()).code, 0);
  const second = await run();
  assert.equal(second.code, 0);
  assert.equal(second.stderr, '');
  assert.equal(calls(), 'install build');
  assert.ok(second.elapsedMs < 500, `${second.elapsedMs} ms`);
});

test('two at once install once', async () => {
  const { run, calls } = checkout('at-once');
  const results = await Promise.all([run(), run(), run()]);
  assert.deepEqual(
    results.map((result) => result.code),
    [0, 0, 0],
  );
  assert.equal(calls(), 'install build');
});

test('a changed source only builds, a changed test does nothing, a changed lockfile installs', async () => {
  const { root, run, calls } = checkout('changes');
  await run();
  writeFileSync(join(root, 'packages/cli/src/main.test.ts'), 'export {};');
  await run();
  assert.equal(calls(), 'install build');
  writeFileSync(join(root, 'packages/cli/src/main.ts'), 'export const a: number = 1;');
  await run();
  assert.equal(calls(), 'install build build');
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ packages: { '': { name: 'x' } } }),
  );
  await run();
  assert.equal(calls(), 'install build build install build');
});

test('a damaged marker and a missing build are repaired', async () => {
  const { root, run, calls } = checkout('damaged');
  await run();
  writeFileSync(join(root, 'node_modules/.setup'), '\0{');
  await run();
  assert.equal(calls(), 'install build install');
  rmSync(join(root, 'packages/cli/dist'), { recursive: true });
  await run();
  assert.equal(calls(), 'install build install build');
});

test('a lock left by a process that is gone is taken over', async () => {
  const { root, run, calls } = checkout('stale');
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'close');
  writeFileSync(join(root, '.setup-lock'), `${hostname()} ${gone.pid}`);
  await Promise.all([run(), run()]);
  assert.equal(calls(), 'install build');
  assert.ok(!existsSync(join(root, '.setup-lock')));
});

test('a failed install is told in words and done again by the next run', async () => {
  const { root, run, calls } = checkout('failing');
  writeFileSync(join(root, 'npm-fails'), '');
  const failed = await run();
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /installing dependencies failed \(exit code 1\)\.\nno network\n/);
  assert.doesNotMatch(failed.stderr, /\n\s+at /);
  rmSync(join(root, 'npm-fails'));
  assert.equal((await run()).code, 0);
  assert.equal(calls(), 'install install build');
});

test('an interrupt in the middle ends at once, leaves no lock, and the next run starts over', async () => {
  const { root, run, start, calls } = checkout('interrupted');
  writeFileSync(join(root, 'npm-hangs'), '');
  const watcher = watch(root);
  const child = start();
  while (!existsSync(join(root, 'calls')) || calls() === '') await once(watcher, 'change');
  watcher.close();
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [unknown];
  assert.notEqual(code, 0);
  assert.ok(!existsSync(join(root, '.setup-lock')));
  rmSync(join(root, 'npm-hangs'));
  assert.equal((await run()).code, 0);
  assert.equal(calls(), 'install install build');
});
