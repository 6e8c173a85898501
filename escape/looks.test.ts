import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { higher, lookAt, nothingSeen } from './looks.ts';

if (process.platform === 'linux' && requirement('python') !== undefined) {
  test('processes are found by their arguments, with what they hold', async (t) => {
    const token = `looks-${process.pid}`;
    const script = `import os, sys; os.dup2(os.open('/dev/null', 0), 9); print('ready', flush=True); sys.stdin.read()`;
    const child = spawn('/usr/bin/python3', ['-c', script, token]);
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const [view, ...others] = lookAt(token);
    assert.deepEqual(others, []);
    assert.equal(view?.id, child.pid);
    assert.equal(view?.shown, '/dev/null');
    assert.ok(view !== undefined && view.residentMb > 1 && view.descriptors >= 4);
    assert.deepEqual(lookAt(`${token}-other`), []);
  });
}

test('the highest of all looks is kept', () => {
  const first = higher({ ...nothingSeen, processes: 5 }, [], 2);
  assert.equal(first.processes, 5);
  assert.equal(first.processorShare, 0);
});
