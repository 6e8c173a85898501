import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architectures, NUMBER_MAX } from './system-calls.ts';

test('no two calls of an architecture share a number, and none lies beyond the last known', () => {
  for (const { numbers } of Object.values(architectures)) {
    const values = Object.values(numbers);
    assert.equal(new Set(values).size, values.length);
    assert.ok(values.every((value) => value >= 0 && value <= NUMBER_MAX));
  }
});

test('what only x86_64 has are its own old calls; everything else is named for both', () => {
  const [x64, arm64] = [architectures['x64'], architectures['arm64']];
  const only = Object.keys(x64?.numbers ?? {}).filter((name) => !(name in (arm64?.numbers ?? {})));
  assert.deepEqual(only.toSorted(), [
    'create_module',
    'get_kernel_syms',
    'ioperm',
    'iopl',
    'modify_ldt',
    'query_module',
    'sysctl',
    'sysfs',
    'uselib',
    'ustat',
  ]);
  assert.ok(Object.keys(arm64?.numbers ?? {}).every((name) => name in (x64?.numbers ?? {})));
});
