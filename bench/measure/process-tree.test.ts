import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import {
  cpuSeconds,
  endedChildrenCpuSeconds,
  processTree,
  residentMegabytes,
} from './process-tree.ts';

const burn = `
  const end = process.cpuUsage().user + 400_000;
  while (process.cpuUsage().user < end);`;

test('work and memory of a child of a child are counted', async (context) => {
  const inner = `globalThis.held = Buffer.alloc(100 * 1024 * 1024, 1); ${burn}
    console.log('busy'); setInterval(() => undefined, 1000);`;
  const outer = `require('node:child_process')
    .spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' });`;
  const child = spawn(process.execPath, ['-e', outer], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = child.pid ?? 0;
  context.after(() => {
    for (const one of processTree(pid).toReversed()) process.kill(one);
  });
  await once(child.stdout, 'data');
  assert.equal(processTree(pid).length, 2);
  assert.ok(cpuSeconds(pid) >= 0.4, `${cpuSeconds(pid)} CPU-s`);
  assert.ok(residentMegabytes(pid) >= 100, `${residentMegabytes(pid)} MB`);
});

test('work of a child is still counted when it has ended', async () => {
  const before = endedChildrenCpuSeconds();
  await once(spawn(process.execPath, ['-e', burn]), 'exit');
  const used = endedChildrenCpuSeconds() - before;
  assert.ok(used >= 0.4 && used < 5, `${used} CPU-s`);
});

test('a process that is gone has used nothing', () => {
  const none = 2 ** 22 + 1;
  assert.deepEqual([cpuSeconds(none), residentMegabytes(none)], [0, 0]);
});
