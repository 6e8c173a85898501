import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { machineProbe } from '../packages/agent/src/plugins/sandbox/index.ts';
import { harmless, smallWorld } from './fixtures/small-world.ts';
import { runTrial } from './trial.ts';

const machine = await machineProbe()();

if (process.platform === 'linux' && requirement('python') !== undefined) {
  test('a program that runs outside is seen with what it printed and how it ended', async (t) => {
    const probe = harmless({ succeeded: ({ output, ground }) => output.includes(ground.token) });
    const settings = { world: smallWorld(t), seed: 1, machine };
    const { succeeded, seen } = await runTrial(probe, 'outside', settings);
    assert.equal(succeeded, true);
    assert.match(seen.report, /exit code 0/);
  });

  test('a program that holds still is looked at and ended', async (t) => {
    const probe = harmless({ language: 'python', program: 'os.dup2(0, 9); hold()' });
    const settings = { world: smallWorld(t), seed: 1, machine };
    const { seen } = await runTrial(probe, 'outside', settings);
    assert.match(seen.report, /held$/);
    assert.equal(seen.processes[0]?.shown, '/dev/null');
  });
}

test('without a sandbox nothing is started inside, and the refusal is what is seen', async (t) => {
  const settings = {
    world: smallWorld(t),
    seed: 1,
    machine: { ...machine, bubblewrap: undefined, programs: {} },
  };
  const { succeeded, seen } = await runTrial(harmless(), 'inside', settings);
  assert.equal(succeeded, false);
  assert.match(seen.report, /PLUGIN_SANDBOX|sandbox/);
});
