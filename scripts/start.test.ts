import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'start-'));
after(() => rmSync(folder, { recursive: true }));
const starter = join(folder, 'bin', 'agent.cjs');
mkdirSync(join(folder, 'bin'));
mkdirSync(join(folder, 'dist'));
copyFileSync(join(root, 'packages/cli/bin/agent.cjs'), starter);
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
writeFileSync(
  join(folder, 'dist', 'main.js'),
  `export async function main(words) {
    const ended = new Promise((resolve) => process.on('SIGTERM', () => resolve(7)));
    console.log(words.join('|'));
    if (words[0] !== 'wait') return 5;
    const timer = setInterval(() => {}, 1000);
    return ended.finally(() => clearInterval(timer));
  }`,
);

/** Runs a script under a Node that claims to be of another version. */
function runAs(version: string, script: string): { status: number | null; output: string } {
  const preload = join(folder, 'version.cjs');
  const versions = `{ ...process.versions, node: '${version}' }`;
  writeFileSync(preload, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
  const run = spawnSync(process.execPath, ['-r', preload, script], { encoding: 'utf8' });
  return { status: run.status, output: run.stdout + run.stderr };
}

test('words go in as they are and the exit code comes out', () => {
  const run = spawnSync(process.execPath, [starter, 'a b', '--c'], { encoding: 'utf8' });
  assert.equal(run.stdout, 'a b|--c\n');
  assert.equal(run.status, 5);
  assert.ok(existsSync(join(folder, 'dist', '.cache')), 'the compile cache is beside the program');
});

test('a signal reaches the program, which decides how to end', async () => {
  const child = spawn(process.execPath, [starter, 'wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 7);
});

test('a Node that is too old gets one sentence, from the starter and from the set-up', () => {
  const started = runAs('22.1.0', starter);
  assert.equal(started.status, 1);
  assert.match(
    started.output,
    /^OpenComputer needs Node\.js 24 or newer; this is 22\.1\.0: [^\n]+\n$/,
  );
  const setUp = runAs('16.20.2', join(root, 'scripts', 'setup.cjs'));
  assert.equal(setUp.status, 1);
  assert.match(
    setUp.output,
    /^OpenComputer brings [^\n]+Node\.js 18 or newer[^\n]+16\.20\.2[^\n]+\n$/,
  );
});
