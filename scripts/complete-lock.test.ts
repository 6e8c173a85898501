import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { completeLock, type Lockfile } from './complete-lock.ts';

function lockWith(optionalDependencies: Record<string, string>): Lockfile {
  return {
    packages: {
      '': {},
      'node_modules/tool': { version: '1.0.0', dev: true, optionalDependencies },
      'node_modules/@tool/linux-x64': { version: '1.0.0', optional: true },
    },
  };
}

test('an unlisted platform package is added with what its name tells', () => {
  const lock = lockWith({
    '@tool/binding-linux-arm-musleabihf': '1.2.3',
    '@tool/binding-win32-x64-msvc': '1.2.3',
    '@tool/binding-wasm32-wasi': '1.2.3',
  });
  assert.equal(completeLock(lock).length, 3);
  assert.deepEqual(lock.packages['node_modules/@tool/binding-linux-arm-musleabihf'], {
    version: '1.2.3',
    cpu: ['arm'],
    libc: ['musl'],
    optional: true,
    os: ['linux'],
    dev: true,
  });
  assert.deepEqual(lock.packages['node_modules/@tool/binding-wasm32-wasi']?.os, undefined);
  assert.deepEqual(lock.packages['node_modules/@tool/binding-win32-x64-msvc']?.os, ['win32']);
});

test('a listed package is left alone, also when it is nested', () => {
  const lock = lockWith({ '@tool/linux-x64': '1.0.0', nested: '^2.0.0' });
  lock.packages['node_modules/tool/node_modules/nested'] = { version: '2.1.0' };
  assert.deepEqual(completeLock(lock), []);
});

test('a version range and an unknown platform are refused', () => {
  assert.throws(() => completeLock(lockWith({ '@tool/darwin-x64': '^1.0.0' })), /is a range/);
  assert.throws(() => completeLock(lockWith({ '@tool/plan9-mips': '1.0.0' })), /platform/);
});

test('the committed lockfile is complete and names no registry host', () => {
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  const lock = JSON.parse(text) as Lockfile;
  assert.deepEqual(completeLock(lock), []);
  assert.equal(`${JSON.stringify(lock, null, 2)}\n`, text, 'entries are in npm order');
  assert.doesNotMatch(text, /"resolved": "https?:/);
});
