import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { harmless, smallWorld } from './fixtures/small-world.ts';
import { prepareGround } from './ground.ts';

test('a ground has the secret where programs look for it, and goes with its run', async (t) => {
  const world = smallWorld(t);
  const ground = await prepareGround(world, harmless(), 3);
  const key = join(ground.facts['HOME'] ?? '', '.ssh/id_ed25519');
  assert.match(readFileSync(key, 'utf8'), /canary/);
  assert.equal(ground.facts['SEED'], '3');
  assert.ok(existsSync(join(ground.facts['DATA'] ?? '', 'agent.sock')));
  await ground.dispose();
  assert.deepEqual(readdirSync(world.folder), []);
});

if (process.platform === 'linux' && requirement('python') !== undefined) {
  test('the agent that programs are aimed at says where its secrets are, and ends', async (t) => {
    const ground = await prepareGround(smallWorld(t), harmless({ bystander: 'agent' }), 1);
    const { PID, ADDRESS, SHM, SLEEPER } = ground.facts;
    for (const fact of [PID, ADDRESS, SHM, SLEEPER]) assert.ok(Number(fact) > 0);
    await ground.dispose();
    assert.equal(existsSync(`/proc/${PID}/exe`), false);
  });
}
