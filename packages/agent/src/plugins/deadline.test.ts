import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toolDeclaration } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import { startDeadline } from './deadline.ts';

const declaration = toolDeclaration.parse({
  name: 'one',
  description: 'x',
  input: {},
  effect: 'write',
});

function manualClock(): { clock: Clock; fire: () => void; pending: () => number } {
  const timers = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (_, run) => {
      timers.add(run);
      return () => timers.delete(run);
    },
  };
  const fire = (): void => {
    for (const run of timers) run();
  };
  return { clock, fire, pending: () => timers.size };
}

test('time that is up and a caller that cancels are told apart', async () => {
  const { clock, fire } = manualClock();
  const late = startDeadline(clock, 5, new AbortController().signal);
  fire();
  await assert.rejects(late.rejection);
  assert.equal(late.signal.aborted, true);
  const failed = late.outcome(declaration, false);
  assert.equal(failed.status === 'failed' && failed.code, 'TOOL_TIMEOUT');
  assert.equal(late.outcome(declaration, true).status, 'unknown');
  const controller = new AbortController();
  const cancelled = startDeadline(clock, 5, controller.signal);
  controller.abort();
  await assert.rejects(cancelled.rejection);
  const outcome = cancelled.outcome(declaration, false);
  assert.equal(outcome.status === 'failed' && outcome.code, 'TURN_CANCELLED');
});

test('a caller that had cancelled before ends the call at once; disposal leaves nothing behind', () => {
  const { clock, pending } = manualClock();
  const deadline = startDeadline(clock, 5, AbortSignal.abort());
  assert.equal(deadline.signal.aborted, true);
  deadline.dispose();
  assert.equal(pending(), 0);
});
