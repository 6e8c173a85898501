import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from './fixtures/enclosed.ts';
import { describeLimits, resourceLimits } from './limits.ts';
import type { LimitHolders } from './limits.ts';

const all: LimitHolders = {
  controllers: new Set(['memory', 'pids', 'cpu'] as const),
  countsProcesses: true,
  hardLimits: new Map(),
};
const none: LimitHolders = { ...all, controllers: new Set(), countsProcesses: false };

test('what groups hold is not held twice: a second bound would count other processes', () => {
  assert.deepEqual(resourceLimits(limits, all), [
    '--core=0',
    '--memlock=65536',
    '--nofile=128',
    '--fsize=16777216',
  ]);
});

test('without groups each process is bounded, and processes are where they are counted apart', () => {
  const options = resourceLimits(limits, { ...none, countsProcesses: true });
  assert.ok(options.includes('--data=1073741824'));
  assert.ok(options.includes('--cpu=3600'));
  assert.ok(options.includes('--nproc=64'));
  assert.ok(!resourceLimits(limits, none).some((option) => option.startsWith('--nproc')));
});

test('no limit is asked for beyond our own: the start would fail', () => {
  const options = resourceLimits(limits, { ...all, hardLimits: new Map([['nofile', 100]]) });
  assert.ok(options.includes('--nofile=100'));
  assert.ok(options.includes('--fsize=16777216'));
});

test('each limit is described once, by what really holds it', () => {
  const shown = (holders: LimitHolders) =>
    describeLimits(holders).map(({ limit, heldBy }) => `${limit}: ${heldBy}`);
  assert.deepEqual(shown(all), [
    'memoryMb: control group',
    'cpuShare: control group',
    'processesMax: control group',
    'diskMb: watch',
    'filesMax: resource limit',
  ]);
  assert.deepEqual(shown(none).slice(0, 3), [
    'memoryMb: resource limit',
    'cpuShare: nothing',
    'processesMax: nothing',
  ]);
  assert.equal(shown({ ...none, countsProcesses: true })[2], 'processesMax: resource limit');
});
